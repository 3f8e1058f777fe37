"""Owns the tests of the pages of the office."""
