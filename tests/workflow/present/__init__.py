"""Tests of processes as people read them."""
