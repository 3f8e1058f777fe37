"""Tests of letters and of papers that come in."""
