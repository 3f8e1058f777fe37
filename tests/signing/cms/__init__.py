"""Tests of signature containers."""
