"""The two steps of the handshake: a code becomes a text, a signature becomes a move."""

from __future__ import annotations

import base64
import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.cards import pin
from handlers.kit.moves import AWAIT_STATUS
from handlers.kit.services import services_of, vault_of
from handlers.papers import letters
from handlers.signatures import lifting
from handlers.signatures.code import (
    LIVE,
    WRONG_TRIES,
    browser_waits,
    code_hash,
    count_wrong_try,
    new_secret,
    secret_hash,
)
from signing.app.content import MediaType
from signing.fingerprint import short_fingerprint
from states.cases.code import Code
from states.kit.reference import reference
from states.papers.document import Document
from states.people.person import Person
from web.api.rejected import closed, refused, too_old
from web.gate.composition import composed
from web.kit.reading import find_case
from web.kit.signing_purposes import PURPOSES, WAITING, move_of
from workflow.model.actor import Actor, system
from workflow.model.refusal import Refused, RuleFailed, WorkflowError, WrongState
from workflow.model.request import Request
from workflow.model.verdict import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Connection

    from signing.app.protocol import ResultRequest

LOCKER = system("handshake")


@dataclass(frozen=True, slots=True)
class Offer:
    """A code with whom and what it is for; detached rows, for reading."""

    code: Code
    person: Person
    document: Document

    @property
    def actor(self) -> Actor:
        """The person of the code, authenticated by knowing it."""
        roles = frozenset({"applicant"})
        return Actor(f"person:{self.person.id}", roles, "code", self.person.id)


def by_code(connection: Connection, code: str) -> Offer | None:
    """Return what a verification code stands for."""
    return _offer(connection, Code.code_hash == code_hash(vault_of(composed().settings), code))


def by_secret(connection: Connection, secret: str) -> Offer | None:
    """Return what the secret of a claim stands for."""
    hashed = secret_hash(vault_of(composed().settings), secret)
    return _offer(connection, Code.secret_hash == hashed)


def claim(offer: Offer, origin: str, speaks: int) -> dict[str, object]:
    """Hand out what a code stands for, once; raise Rejected for a code that serves no more.

    The answer holds what the person must see before the PIN, and the secret that replaces the
    code from here on. ``speaks`` is the newest version of the messages that the program knows.
    """
    composition = composed()
    if PURPOSES[offer.code.purpose].since > speaks:
        raise too_old()
    _end_without_browser(offer.code)
    unlocking = _unlocking(offer.code, offer.actor)
    secret = new_secret()
    hashed = {"secret_hash": secret_hash(vault_of(composition.settings), secret)}
    try:
        composition.engine.fire(offer.code.id, "claim", offer.actor, hashed, workflow="code")
    except WrongState as error:
        raise closed(str(error.params["state"])) from error
    except RuleFailed as error:  # the one rule of a claim is that it is in time
        raise closed("expired") from error
    return _answer(offer, secret, origin) | unlocking


def _end_without_browser(code: Code) -> None:
    """Lock a code whose browser session is over, whichever way it ended, and refuse it.

    Nobody waits for it any more, and somebody else may have read it.
    """
    composition = composed()
    vault, now = vault_of(composition.settings), composition.clock.now()
    if code.state not in LIVE or browser_waits(composition.database, vault, code, now):
        return
    _lock(code)
    raise closed("session_over")


def _unlocking(code: Code, actor: Actor) -> dict[str, object]:
    """Return the card and its unlock secret for a code that sets a PIN, and nothing for others.

    The move is rehearsed first: what cannot be done any more needs no secret.
    """
    if code.purpose != "pin" or code.state != "issued":
        return {}
    composition = composed()
    request = Request(_move(code), actor)
    try:
        composition.engine.rehearse(code.target_case_id, request, workflow=code.target_workflow)
    except Refused as error:
        raise refused(error, composition.library.workflow(code.target_workflow)) from error
    opened = pin.unlock(composition.database, vault_of(composition.settings), code.target_case_id)
    return {"card": opened.card, "unlock_secret": opened.secret}


def _answer(offer: Offer, secret: str, origin: str) -> dict[str, object]:
    document = offer.document
    media_type, content = media_type_of(document), letters.signable(document)
    return {
        "secret": secret,
        "origin": origin,
        "purpose": offer.code.purpose,
        "purpose_title": PURPOSES[offer.code.purpose].title,
        "person": offer.person.name,
        "tckn_masked": offer.person.tckn_masked,
        "text": letters.words_of(document),
        "media_type": media_type.value,
        "document": base64.b64encode(document.content).decode(),
        "digest": hashlib.sha256(content).hexdigest(),
        "fingerprint": short_fingerprint(content),
        "profile": lifting.profile_to_name(services_of(composed().engine)).value,
        "created_at": document.created_at.isoformat(),
        "expires_at": offer.code.expires_at.isoformat(),
        "server_time": composed().clock.now().isoformat(),
    }


def media_type_of(document: Document) -> MediaType:
    """Return the sort of a document without its parameters, such as the charset."""
    return MediaType(document.media_type.partition(";")[0])


def result(offer: Offer, request: ResultRequest, address: str) -> dict[str, object]:
    """Make the move that a signature is for; raise Rejected when it is not accepted.

    ``address`` is where this site is asked. Every signature is put before the engine, a
    late one too, so that a refused one is recorded. One that is good as far as can be seen while a
    service is out of reach is taken to be checked.
    """
    composition = composed()
    code = offer.code
    _end_without_browser(code)
    payload: dict[str, object] = {
        "code_id": code.id,
        "secret": request.secret,
        "address": address,
        "profile": lifting.profile_to_name(services_of(composition.engine)),
    }
    # Others are asked before the engine takes the row, and only while the code may carry it.
    payload |= _prepared(code, request.container)
    move = _move(code, payload)
    try:
        composition.engine.fire(
            code.target_case_id,
            move,
            offer.actor,
            payload,
            workflow=code.target_workflow,
        )
    except Refused as error:
        _count(code, error)
        if isinstance(error, WrongState) and code.state != "claimed":
            raise closed(code.state) from error
        raise refused(error, composition.library.workflow(code.target_workflow)) from error
    number = reference(code.target_workflow, code.target_case_id)
    title = WAITING if move == AWAIT_STATUS else PURPOSES[code.purpose].accepted
    return {"result": "accepted", "reference": number, "title": title}


def _move(code: Code, payload: Mapping[str, object] | None = None) -> str:
    """Return the move that the signature of a code makes, as its case stands."""
    composition = composed()
    case = find_case(composition.database, composition.library, code.target_case_id)
    waits = lifting.waits(services_of(composition.engine), payload or {}, code.purpose)
    return move_of(code.purpose, case.definition, case.state, waits=waits)


def _prepared(code: Code, container: bytes) -> dict[str, object]:
    composition = composed()
    now = composition.clock.now()
    if code.state != "claimed" or now >= code.expires_at:
        return {"container": container}
    case = (code.purpose, code.target_case_id)
    return lifting.prepare(
        composition.database, services_of(composition.engine), case, container, composition.clock
    )


def _offer(connection: Connection, condition: ColumnElement[bool]) -> Offer | None:
    """Return the newest code that matches, with its person and text."""
    query = select(Code).where(condition).order_by(Code.id.desc()).limit(1)
    with Session(connection, expire_on_commit=False) as session:
        code = session.scalar(query)
        if code is None:
            return None
        person = session.get_one(Person, code.person_id)
        return Offer(code, person, session.get_one(Document, code.digest))


def _count(code: Code, error: WorkflowError) -> None:
    """Count a signature that was judged and denied; lock the code at the last one.

    One that was judged beside the last is answered like one that came after it.
    """
    if not isinstance(error, RuleFailed) or error.verdict.answer is not Answer.DENY:
        return
    if error.verdict.code.startswith("code."):
        return
    composition = composed()
    with composition.database.begin() as connection:
        tries = count_wrong_try(connection, code.id)
    if tries == WRONG_TRIES:
        _lock(code)
    if tries > WRONG_TRIES:
        raise closed("locked") from error


def _lock(code: Code) -> None:
    with suppress(WrongState):  # another request was faster
        composed().engine.fire(code.id, "lock", LOCKER, workflow="code")
