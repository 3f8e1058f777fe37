"""The tests of the pages of the office."""
