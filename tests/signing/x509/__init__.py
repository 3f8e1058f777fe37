"""Tests of certificates, lists and answers."""
