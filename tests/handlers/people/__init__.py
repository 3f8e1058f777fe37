"""Tests of persons and institutions."""
