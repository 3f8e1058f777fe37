"""The two steps of the handshake: a code becomes a text, a signature becomes a move."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from handlers.cards import pin
from handlers.kit.services import vault_of
from handlers.papers import letters
from handlers.signatures.accept import (
    CodeClosed,
    accept_signature,
    next_move,
    refuse_without_browser,
)
from handlers.signatures.augment import profile_to_name
from handlers.signatures.code import new_secret, secret_hash
from handlers.signatures.offer import find_by_code, find_by_secret
from handlers.signatures.submission import CodeClaim, Submission
from signing.app.content import MediaType
from signing.fingerprint import short_fingerprint
from states.kit.reference import reference
from web.api.rejected import closed, refused, too_old
from web.gate.composition import composed
from web.kit.signing_purposes import PURPOSES, WAITING
from workflow.model.refusal import Refused, RuleFailed, WrongState
from workflow.model.request import Request

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.signatures.offer import SigningOffer
    from signing.app.protocol import ResultRequest
    from states.papers.document import Document


def by_code(connection: Connection, code: str) -> SigningOffer | None:
    """Return what a verification code stands for."""
    return find_by_code(connection, vault_of(composed().settings), code)


def by_secret(connection: Connection, secret: str) -> SigningOffer | None:
    """Return what the secret of a claim stands for."""
    return find_by_secret(connection, vault_of(composed().settings), secret)


def claim(offer: SigningOffer, origin: str, speaks: int) -> dict[str, object]:
    """Hand out what a code stands for, once; raise Rejected for a code that serves no more.

    The answer holds what the person must see before the PIN, and the secret that replaces the
    code from here on. ``speaks`` is the newest version of the messages that the program knows.
    """
    composition = composed()
    if PURPOSES[offer.code.purpose].since > speaks:
        raise too_old()
    try:
        refuse_without_browser(composition.engine, offer.code)
    except CodeClosed as error:
        raise closed(error.state) from error
    unlocking = _unlocking(offer)
    secret = new_secret()
    claimed = CodeClaim(secret_hash(vault_of(composition.settings), secret)).payload()
    try:
        composition.engine.fire(offer.code.id, "claim", offer.actor, claimed, workflow="code")
    except WrongState as error:
        raise closed(str(error.params["state"])) from error
    except RuleFailed as error:  # the one rule of a claim is that it is in time
        raise closed("expired") from error
    return _answer(offer, secret, origin) | unlocking


def _unlocking(offer: SigningOffer) -> dict[str, object]:
    """Return the card and its unlock secret for a code that sets a PIN, and nothing for others.

    The move is rehearsed first: what cannot be done any more needs no secret.
    """
    code = offer.code
    if code.purpose != "pin" or code.state != "issued":
        return {}
    composition = composed()
    request = Request(next_move(composition.engine, offer), offer.actor)
    try:
        composition.engine.rehearse(code.target_case_id, request, workflow=code.target_workflow)
    except Refused as error:
        raise refused(error, composition.library.workflow(code.target_workflow)) from error
    opened = pin.unlock(composition.database, vault_of(composition.settings), code.target_case_id)
    return {"card": opened.card, "unlock_secret": opened.secret}


def _answer(offer: SigningOffer, secret: str, origin: str) -> dict[str, object]:
    document = offer.document
    media_type, content = media_type_of(document), letters.signable(document)
    return {
        "secret": secret,
        "origin": origin,
        "purpose": offer.code.purpose,
        "purpose_title": str(PURPOSES[offer.code.purpose].title),
        "person": offer.person.name,
        "tckn_masked": offer.person.tckn_masked,
        "text": letters.words_of(document),
        "media_type": media_type.value,
        "document": base64.b64encode(document.content).decode(),
        "digest": hashlib.sha256(content).hexdigest(),
        "fingerprint": short_fingerprint(content),
        "profile": profile_to_name(composed().engine.services).value,
        "created_at": document.created_at.isoformat(),
        "expires_at": offer.code.expires_at.isoformat(),
        "server_time": composed().clock.now().isoformat(),
    }


def media_type_of(document: Document) -> MediaType:
    """Return the sort of a document without its parameters, such as the charset."""
    return MediaType(document.media_type.partition(";")[0])


def result(offer: SigningOffer, request: ResultRequest, address: str) -> dict[str, object]:
    """Take the signature of a code; raise Rejected when it is not accepted.

    ``address`` is where this site is asked.
    """
    composition = composed()
    handed = Submission(request.container, secret=request.secret, address=address)
    try:
        done = accept_signature(composition.engine, offer, handed)
    except CodeClosed as error:
        raise closed(error.state) from error
    except Refused as error:
        definition = composition.library.workflow(offer.code.target_workflow)
        raise refused(error, definition) from error
    title = str(WAITING if done.waits else PURPOSES[offer.code.purpose].accepted)
    number = reference(done.workflow, done.case_id)
    return {"result": "accepted", "reference": number, "title": title}
