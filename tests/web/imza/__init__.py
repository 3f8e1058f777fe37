"""Tests of the page of nes-imza."""
