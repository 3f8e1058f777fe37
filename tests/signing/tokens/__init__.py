"""Tests of tokens and cards."""
