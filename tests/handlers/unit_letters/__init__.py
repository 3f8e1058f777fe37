"""Letters of an institution to its units."""
