"""Tests of rules: typed, read in Python and in SQL alike."""
