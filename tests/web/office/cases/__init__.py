"""Tests of the pages of one case."""
