"""Couriers, parcels and hand-overs of tests."""
