"""Tests of what becomes of a certificate."""
