"""Tests of the way from the file to definitions that are proved."""
