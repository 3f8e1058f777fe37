"""Tests of the lists of cases."""
