"""Persons, institutions and accounts: entered, changed, closed, forgotten in time."""
