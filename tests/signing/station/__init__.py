"""Tests of the program of a production room."""
