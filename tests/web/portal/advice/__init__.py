"""What a person is told about a case: sentences, dates, steps."""
