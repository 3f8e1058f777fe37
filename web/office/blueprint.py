"""The blueprint that the pages of the office hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("office", __name__)
