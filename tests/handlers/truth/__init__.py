"""Tests of what a proof asks of the rows."""
