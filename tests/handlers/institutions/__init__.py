"""Tests of what institutions do for their people."""
