"""Tests of the ways to a certificate: what is read, what is judged, what a person is told."""
