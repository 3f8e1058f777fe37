"""Persons, certificates and applications as facts, each with what the tests do not care about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from handlers.ways.facts import ApplicationFacts, CertificateFacts, PersonFacts
from workflow.model.clock import start_of_day

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 30)

_CERTIFICATE = CertificateFacts(
    id=1, reference="S000000001", serial="a1", state="active", ends_on=None, ends_at=None,
    not_before=None, revoked_at=None, seen="made", has_bytes=True, checked_at=None,
    suspended_by=None, activate_by=None, in_hand=True, unlockable=False, unlock_tried_at=None,
    application_id=None, application_reference=None, application_kind=None, application_state=None,
    application_about=None,
)  # fmt: skip
_APPLICATION = ApplicationFacts(
    id=9, reference="B000000009", kind="renewal", method=None, state="draft",
    old_certificate_id=None, certificate_id=None, production_opens_on=None, entered_at=NOW,
    due_at=None, definition="",
)  # fmt: skip
_PERSON = PersonFacts(5, "in_office", institution_open=True, has_consent=False)


def certificate(days: int, **more: Any) -> CertificateFacts:  # noqa: ANN401 - fields of the facts
    """Return a certificate made here that ends in some days, as its holder has it."""
    ends_on = TODAY + timedelta(days=days)
    found = replace(_CERTIFICATE, ends_on=ends_on, not_before=NOW - timedelta(days=900))
    ends_at = start_of_day(ends_on + timedelta(days=1)) - timedelta(seconds=1)
    gone = {"state": "expired", "in_hand": False} if days < 0 else {}
    return replace(found, ends_at=ends_at, **{**gone, **more})


def application(state: str, **more: Any) -> ApplicationFacts:  # noqa: ANN401 - the same
    """Return an open renewal in a state that it has entered just now."""
    return replace(_APPLICATION, state=state, **more)


def person(
    *certificates: CertificateFacts,
    applications: tuple[ApplicationFacts, ...] = (),
    **more: Any,  # noqa: ANN401 - the same
) -> PersonFacts:
    """Return somebody in office with these."""
    return replace(_PERSON, certificates=certificates, applications=applications, **more)
