"""The list of what a proof asks of the rows of the product, and why one may differ."""

from __future__ import annotations

from handlers.truth.accounts import accounts
from handlers.truth.cards import cards
from handlers.truth.columns import columns
from handlers.truth.dangling_references import strays
from handlers.truth.message_texts import message_texts
from handlers.truth.named_documents import named
from handlers.truth.outcomes import outcomes
from handlers.truth.parcels import parcels
from handlers.truth.stock import stock

COMPARISONS = (columns, named, cards, stock, parcels, accounts, message_texts, outcomes, strays)
"""What ``workflow.journal.conformance`` runs after it has judged the moves."""

REASONS = (
    "column",
    "signature",
    "unnamed",
    "certificate",
    "owner",
    "account",
    "terms",
    "outcome_missing",
    "outcome_unordered",
    "batch_outcome",
    "stray",
)
"""Why a row is not what the journal says of it: see ``docs/journal.md``."""
