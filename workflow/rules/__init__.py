"""What a rule means, read in Python and in SQL alike."""
