"""Tests of judging signatures."""
