"""The blueprint that the pages of support units are registered on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("support", __name__)
