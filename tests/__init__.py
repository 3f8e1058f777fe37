"""Tests, one folder per room; tests/house holds properties of the whole tree."""
