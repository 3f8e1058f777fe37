"""Tests of what keeps the office running."""
