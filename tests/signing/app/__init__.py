"""Tests of nes-imza without its window."""
