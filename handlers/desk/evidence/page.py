"""What a person reads in the evidence file: the page and the note, both in Turkish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from handlers.papers.letters import local_time
from signing.cms.contents import carried_by
from signing.errors import CertificateUnusable
from signing.x509.certificate import read
from states.people.tckn import mask_all, masked
from workflow.model.entry import parsed
from workflow.present.sentences import reason_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from handlers.desk.evidence.gather import AcceptedSignature, GatheredCase, GatheredEvidence
    from handlers.desk.evidence.instruction import ProofStep
    from signing.x509.certificate import X509Certificate
    from states.logs.journal import JournalEntry
    from states.papers.signature import Signature
    from workflow.model.definition import Definition


@dataclass(frozen=True, slots=True)
class Move:
    """One journal entry as the page shows it."""

    n: int
    at: datetime
    title: str
    state: str
    actor: str
    reason: str
    hash: str


def moves_of(case: GatheredCase) -> list[Move]:
    """Return the journal of a case with the titles of its own definition."""
    return [_move(case.definition, entry) for entry in case.entries]


def _move(definition: Definition, entry: JournalEntry) -> Move:
    """Return an entry for the page; one that somebody has tampered with comes as it stands."""
    said = parsed(entry.body)
    move = definition.transitions.get(entry.trigger)
    state = definition.states.get(str(said.get("to")))
    return Move(
        entry.n,
        entry.at,
        move.title.tr if move else entry.trigger,
        state.title.tr if state else str(said.get("to")),
        entry.actor,
        mask_all(reason_words(definition, entry.trigger, _reason(said))),
        entry.hash.hex(),
    )


def _reason(said: Mapping[str, object]) -> str:
    return str(said.get("reason") or "")


def signer_of(signature: Signature) -> X509Certificate | None:
    """Return the signer's certificate out of the container, or None when it carries none."""
    for der in carried_by(signature.container).certificates:
        try:
            certificate = read(der)
        except CertificateUnusable:
            continue
        if certificate.sha256 == signature.signer_sha256:
            return certificate
    return None


def stamps_of(signed: AcceptedSignature) -> Sequence[datetime]:
    """Return the moments of the time-stamps that the container carries."""
    return [stamp.at for stamp in carried_by(signed.containers[-1]).stamps]


_ENVIRONMENT = Environment(
    loader=PackageLoader("handlers.desk.evidence", "."),
    undefined=StrictUndefined,
    autoescape=select_autoescape(["html"]),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ENVIRONMENT.filters.update(local_time=local_time, masked=masked, mask_all=mask_all)
_ENVIRONMENT.globals.update(moves_of=moves_of, signer_of=signer_of, stamps_of=stamps_of)


def page(found: GatheredEvidence, steps: Sequence[ProofStep], now: datetime, purpose: str) -> str:
    """Return the readable page (HTML without scripts and without anything from elsewhere)."""
    values = {"found": found, "steps": steps, "now": now, "purpose": purpose}
    return _ENVIRONMENT.get_template("page.html").render(values)


def read_me(found: GatheredEvidence, steps: Sequence[ProofStep], now: datetime) -> str:
    """Return the note: each line that begins with four blanks is a command."""
    values = {"found": found, "steps": steps, "now": now}
    return _ENVIRONMENT.get_template("read_me.txt").render(values)
