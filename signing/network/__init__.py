"""Asking other houses over HTTP, by the way that the settings allow."""
