"""Tests of asking other houses."""
