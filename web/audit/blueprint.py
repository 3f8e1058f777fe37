"""The blueprint of the auditor's pages and the tabs that lead from one to another."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("audit", __name__, url_prefix="/denetim")

TABS = (
    ("audit.journal", "Günlük"),
    ("audit.approvals", "Onaylar"),
    ("audit.sign_ins", "Oturumlar"),
    ("audit.reads", "Veri erişimleri"),
    ("audit.definitions", "Tanımlar"),
    ("audit.integrity", "Bütünlük"),
)
"""The endpoint and the word of each page."""


@blueprint.context_processor
def tabs() -> dict[str, object]:
    """Give the tabs to the templates."""
    return {"tabs": TABS}
