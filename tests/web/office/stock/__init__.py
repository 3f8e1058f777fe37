"""Tests of the pages of the stock."""
