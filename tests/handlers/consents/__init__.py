"""Tests of the standing consent."""
