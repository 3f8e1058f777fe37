"""Tests of the public page of documents."""
