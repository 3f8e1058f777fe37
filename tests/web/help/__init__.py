"""Tests of the pages that are open to everybody."""
