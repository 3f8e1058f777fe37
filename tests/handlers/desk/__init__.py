"""Tests of what the desk needs beside the moves."""
