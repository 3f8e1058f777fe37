"""Tests of the signing handshake as a program meets it."""
