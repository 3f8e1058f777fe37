"""What the rows of the benchmark are made of: an office filled with a crowd, competitors, a table."""
