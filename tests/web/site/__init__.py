"""Tests of the site as a program."""
