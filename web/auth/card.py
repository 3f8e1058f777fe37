"""The pages of signing in with the card: the code, the wait, and who one signs in as."""

from __future__ import annotations

import hmac
import math
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import abort, redirect, render_template, request, session, url_for
from sqlalchemy.orm import Session

from handlers.kit.services import vault_of
from handlers.signatures.code import new_code, session_hash
from handlers.signatures.sign_in import OPEN, WaitingBrowser, issue_values, text_of
from signing.fingerprint import short_fingerprint
from states.cases.sign_in import SignIn
from web.auth import personas
from web.auth.views import blueprint, onward_in, role_title, welcome
from web.gate.actors import of_card
from web.gate.composition import composed
from web.gate.limits import LimitOfAll, limiter
from web.gate.permissions import public
from web.gate.session import polled
from web.kit import command
from web.kit.address import here
from web.kit.formats import grouped
from workflow.model.actor import system
from workflow.model.refusal import WrongState

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.gate.actors import Known

KEPT = "card"
"""Where the browser's session keeps the digits and the token that the code is bound to."""

WORKFLOW = "sign_in"
STRANGERS = system("sign_in")
"""Who begins a sign-in: nobody is known yet."""

ISSUES = "20 per 5 minutes"
"""How many codes one source may ask for; each leaves a row and two lines of the journal."""

ISSUES_OF_ALL = "1200 per 5 minutes"
"""How many codes are given out in all, so that strangers cannot fill the journal."""

issuing = limiter.shared_limit(ISSUES, scope="card.code")
issuing_to_all = LimitOfAll("card.code", ISSUES_OF_ALL)


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """The sign-in that this browser waits for, with what only its session knows."""

    case: SignIn
    digits: str
    browser: str
    onward: str

    @property
    def state(self) -> str:
        """Its state; one out of time is expired even before its timer has rung."""
        over = composed().clock.now() >= self.case.expires_at
        return "expired" if over and self.case.state in OPEN else self.case.state

    @property
    def left(self) -> int:
        """The whole seconds that are left, rounded up so that 0 means over."""
        left = self.case.expires_at - composed().clock.now()
        return max(0, math.ceil(left.total_seconds()))


@blueprint.post("/giris/kart")
@public
@issuing
def card_begin() -> ResponseReturnValue:
    """Give this browser a code to sign in with; an earlier one of its own dies."""
    issuing_to_all.charge()
    composition = composed()
    browser = session.get(KEPT, {}).get("browser") or secrets.token_urlsafe(32)
    digits = new_code()
    vault, now = vault_of(composition.settings), composition.clock.now()
    values = issue_values(vault, digits, browser, here(), now)
    case_id = composition.engine.open(WORKFLOW, "issue", STRANGERS, values)
    onward = onward_in(request.form.get("devam", ""))
    session[KEPT] = {"case": case_id, "digits": digits, "browser": browser, "onward": onward}
    return redirect(url_for("auth.card_page"))


@blueprint.get("/giris/kart")
@public
@polled
def card_page() -> ResponseReturnValue:
    """Show the code and wait; once the signature is in, let its person in."""
    pending = _pending()
    if pending is None or pending.state == "used":
        return redirect(url_for("auth.start"))
    if pending.state == "signed":
        return _recognised(pending)
    return render_template(
        "auth/card.html",
        state=pending.state,
        code=pending.case,
        digits=pending.digits,
        grouped=grouped(pending.digits),
        left=pending.left,
        fingerprint=short_fingerprint(text_of(vars(pending.case))),
        onward=pending.onward,
        **_commands(pending.digits),
    )


@blueprint.get("/giris/kart/durum")
@public
@polled
def card_state() -> ResponseReturnValue:
    """Say how the sign-in of this browser stands, for the page that waits."""
    pending = _pending()
    if pending is None:
        abort(404)
    return {"state": pending.state, "left": pending.left, "refused": pending.case.wrong_tries}


@blueprint.post("/giris/kart/<any(user, person):sort>")
@public
@limiter.limit("60 per minute")
def card_choose(sort: str) -> ResponseReturnValue:
    """Sign in as the account or as the person, for one who is both (one role per session)."""
    pending = _pending()
    if pending is None or pending.state != "signed":
        return redirect(url_for("auth.card_page"))
    found = of_card(composed().database, pending.case.person_id)
    chosen = [known for known in found if known.actor.name.startswith(f"{sort}:")]
    if not chosen:
        abort(404)
    return _enter(pending, chosen[0])


def _recognised(pending: PendingSignIn) -> ResponseReturnValue:
    """Let the person in, ask him as whom, or say that his card opens nothing here."""
    found = of_card(composed().database, pending.case.person_id)
    if not found:
        return render_template("auth/card_unknown.html", onward=pending.onward), 403
    if len(found) == 1:
        return _enter(pending, found[0])
    ways = [(known.actor.name.partition(":")[0], role_title(known), known.name) for known in found]
    return render_template("auth/card_role.html", ways=ways, end=pending.case.expires_at)


def _enter(pending: PendingSignIn, known: Known) -> ResponseReturnValue:
    """Use the sign-in up, which goes once, and begin the session."""
    payload = WaitingBrowser(pending.browser).payload()
    try:
        composed().engine.fire(pending.case.id, "use", known.actor, payload, workflow=WORKFLOW)
    except WrongState:  # a second tab was quicker
        return redirect(url_for("auth.card_page"))
    return welcome(known, pending.onward)


def _pending() -> PendingSignIn | None:
    """Return the sign-in that this very browser began; anybody else's is as good as none."""
    kept = session.get(KEPT)
    if not kept:
        return None
    composition = composed()
    with Session(composition.database, expire_on_commit=False) as rows:
        case = rows.get(SignIn, kept["case"])
    hashed = session_hash(vault_of(composition.settings), kept["browser"])
    if case is None or not hmac.compare_digest(case.session_hash, hashed):
        return None
    return PendingSignIn(case, kept["digits"], kept["browser"], kept["onward"])


def _commands(digits: str) -> dict[str, object]:
    """Return the link that opens the program; in the demo its cards too, the first in a command."""
    composition = composed()
    link: dict[str, object] = {"link": command.link(digits)}
    if not composition.settings.demo:
        return link
    cards = personas.cards(composition.database, vault_of(composition.settings))
    label = cards[0].label if cards else command.ANY_CARD
    commands = {"window": command.window(), "command": command.signing(digits, label)}
    return {**link, **commands, "cards": cards}
