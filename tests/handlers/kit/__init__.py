"""Tests of what the handlers share."""
