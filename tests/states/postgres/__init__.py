"""Tests of the way to PostgreSQL."""
