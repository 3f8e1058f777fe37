"""Handlers, called through the real engine on a real database."""
