"""Tests of the engine: moves, refusals, sets, crashes."""
