"""What the rows of the benchmark are made of: a filled office, the competitor, a table."""
