"""The blueprint that the administrator's pages are registered on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("admin", __name__, url_prefix="/yonetim")
"""Accounts and proposals; nothing here writes but through the workflow ``grant``."""
