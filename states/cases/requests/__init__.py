"""Requests of people who are not known here yet."""
