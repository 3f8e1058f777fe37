"""Tests of the settings and of values."""
