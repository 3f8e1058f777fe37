"""Validating a signature by EN 319 102-1, and collecting what proves it later."""
