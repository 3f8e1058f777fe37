"""Tests of the life of a signature."""
