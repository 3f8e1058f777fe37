"""Persons, institutions and users, and who is signed in."""
