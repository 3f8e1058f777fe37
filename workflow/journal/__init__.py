"""Reads the journal: looked through, taken out, and proved entry by entry."""
