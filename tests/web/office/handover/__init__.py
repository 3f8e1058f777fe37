"""Tests of the desk of parcels."""
