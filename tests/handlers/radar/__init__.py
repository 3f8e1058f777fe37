"""Tests of the radar of the institutions."""
