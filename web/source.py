"""Owns by what name the source of a request is counted and remembered: one place for all."""

from __future__ import annotations

from flask import request


def name_source() -> str:
    """Return the address a request came from, as the proxy in front names it."""
    return request.remote_addr or "127.0.0.1"
