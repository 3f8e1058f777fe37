"""Tests of the pages of a batch."""
