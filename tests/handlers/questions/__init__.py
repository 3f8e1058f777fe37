"""Tests of questions to support units."""
