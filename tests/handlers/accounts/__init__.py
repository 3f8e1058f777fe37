"""Tests of rights of accounts."""
