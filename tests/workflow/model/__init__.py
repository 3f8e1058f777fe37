"""Tests of what the room speaks of."""
