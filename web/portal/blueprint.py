"""The blueprint that the applicant's pages are registered on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("portal", __name__)
