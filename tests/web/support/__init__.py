"""Tests of the pages of support units."""
