"""What a person is told of a case of theirs: the reason, the next step, the date."""
