"""Which moves approve an application: acts of the person himself, and those of others."""

from __future__ import annotations

OWN = frozenset({"approve_e_onay", "approve_e_imza", "confirm_signature"})
"""Approvals that are an act of the person himself: a press, or a signature of his."""

OTHERS = frozenset({"approve_paper", "approve_unobjected"})
"""Approvals by officers, and by silence."""
