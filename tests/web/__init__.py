"""Tests of the screens and of the terminal."""
