"""Tests of the window of nes-imza, on a screen that is not there."""
