"""Tests of the command `nes`."""
