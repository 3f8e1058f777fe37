"""Frozen bytes: documents, scans, signatures and lists, named by their SHA-256."""
