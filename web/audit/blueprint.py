"""The blueprint of the auditor's pages and the tabs that lead from one to another."""

from __future__ import annotations

from flask import Blueprint

from web.gate.language import lazy_gettext as _

blueprint = Blueprint("audit", __name__, url_prefix="/denetim")

TABS = (
    ("audit.journal", _("Günlük")),
    ("audit.approvals", _("Onaylar")),
    ("audit.sign_ins", _("Oturumlar")),
    ("audit.reads", _("Veri erişimleri")),
    ("audit.definitions", _("Tanımlar")),
    ("audit.integrity", _("Bütünlük")),
)
"""The endpoint and the word of each page."""


@blueprint.context_processor
def tabs() -> dict[str, object]:
    """Give the tabs to the templates."""
    return {"tabs": TABS}
