"""The code page, shared by all purposes: digits, countdown, and the result by itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flask import redirect, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.kit.roles import APPLICANT
from handlers.kit.services import vault_of
from handlers.papers import letters
from signing.fingerprint import short_fingerprint
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.kit.reference import reference as reference_of
from web.gate.composition import composed
from web.gate.limits import limiter
from web.gate.permissions import allow
from web.gate.session import polled
from web.kit import command
from web.kit.formats import grouped
from web.kit.signing_purposes import PURPOSES
from web.portal import issue, own_records
from web.portal.blueprint import blueprint

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from states.cases.code import Code

ISSUES = "60 per 5 minutes"
"""How many new codes one source may ask for."""

NEW_PIN = "--new-pin"

issuing = limiter.shared_limit(ISSUES, scope="portal.code")


@blueprint.get("/kod/<reference>")
@allow(APPLICANT)
@polled
def code(reference: str) -> ResponseReturnValue:
    """Show a code and wait for its signature; once it is used, go to the result."""
    found = issue.read(reference)
    state = issue.state_now(found)
    if state == "used":
        return redirect(_result_page(found))
    document = own_records.document(found.digest)
    return render_template(
        "portal/code.html",
        code=found,
        state=state,
        digits=issue.digits_of(found),
        grouped=grouped(issue.digits_of(found)),
        left=_left(found),
        purpose=PURPOSES[found.purpose],
        fingerprint=short_fingerprint(letters.signable(document)),
        link=command.link(issue.digits_of(found)),
        result_page=_result_page(found),
        own_pin=_own_pin(found),
        card=_card(found),
        **(_of_the_demo(found) if composed().settings.demo else {}),
    )


@blueprint.get("/kod/<reference>/durum")
@allow(APPLICANT)
@polled
def code_state(reference: str) -> ResponseReturnValue:
    """Say how a code stands, for the page that waits; asking never prolongs the session."""
    found = issue.read(reference)
    return {
        "state": issue.state_now(found),
        "left": _left(found),
        "refused": found.wrong_tries,
    }


@blueprint.post("/kod/<reference>/yeni")
@allow(APPLICANT)
@issuing
def new_code(reference: str) -> ResponseReturnValue:
    """Give a new code for the same text; what was ticked before the first one stands."""
    found = issue.read(reference)
    target = reference_of(found.target_workflow, found.target_case_id)
    fresh = issue.issue(own_records.case(target, found.target_workflow), found.purpose)
    return redirect(url_for("portal.code", reference=fresh))


def _result_page(found: Code) -> str:
    target = reference_of(found.target_workflow, found.target_case_id)
    return url_for(PURPOSES[found.purpose].page, reference=target)


def _left(found: Code) -> int:
    """Return the whole seconds that are left, rounded up so that 0 means over."""
    return max(0, math.ceil((found.expires_at - composed().clock.now()).total_seconds()))


def _of_the_demo(found: Code) -> dict[str, object]:
    """Return the commands of a shell, and label and first PIN of the card that is to sign."""
    card = _card(found)
    # A locked card is taken for its new PIN only.
    options = [NEW_PIN] if found.purpose == "pin" else []
    label = card.serial if card else command.ANY_CARD
    sealed = card.pin_sealed if card and found.purpose != "pin" else None
    pin = vault_of(composed().settings).open(sealed, "pin") if sealed else None
    return {
        "command": command.signing(issue.digits_of(found), label, *options),
        "window": command.window(),
        "demo_card": {"label": label, "pin": pin} if card else None,
    }


def _own_pin(found: Code) -> str | None:
    """Return the page on which the holder makes a PIN of his own before he activates the card."""
    card = _card(found) if found.purpose == "activation" else None
    if card is None or card.pin_sealed is None:
        return None
    target = reference_of(found.target_workflow, found.target_case_id)
    return url_for("portal.pin", reference=target)


def _card(found: Code) -> Card | None:
    """Return the card to sign with: the new one to activate it, else the one in force."""
    query = select(Card).join(Certificate, Certificate.card_id == Card.id)
    if found.target_workflow == "certificate":
        query = query.where(Certificate.id == found.target_case_id)
    else:
        query = query.where(
            Certificate.person_id == found.person_id, Certificate.state == "active"
        ).order_by(Certificate.ends_on.desc())
    with Session(composed().database, expire_on_commit=False) as session:
        return session.scalar(query.limit(1))
