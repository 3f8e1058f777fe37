"""Issuing: the demonstration authority with its services, a real one over CMP, production."""
