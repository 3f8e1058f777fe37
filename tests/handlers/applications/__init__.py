"""Tests of the application from draft to queue."""
