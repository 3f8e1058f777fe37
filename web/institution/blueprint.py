"""The blueprint that the coordinator's pages are registered on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("institution", __name__)
