"""Environments that the settings are read from."""
