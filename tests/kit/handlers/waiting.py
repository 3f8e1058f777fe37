"""What the tests of waiting signatures share: a signature handed in while one is away."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from handlers.signatures.augment import waits_for_service
from handlers.signatures.purposes import SignedCase, purpose_of
from signing.authority.crl import Reason
from states.cases.application import Application
from states.cases.consent import Consent
from states.logs.journal import JournalEntry
from tests.kit.handlers.world import World, applicant
from workflow.running.effects import run_effect

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from handlers.signatures.submission import Submission
    from tests.kit.signing.loopback import Loopback

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
END = date(2026, 4, 10)
SERVICES = ["/tsa", "/root.crl", "/nes.ocsp"]
REVOKED, HELD = Reason.KEY_COMPROMISE, Reason.ON_HOLD


def hand_in(
    office: World, case: tuple[str, int], me: int, held: Held, sha256: str | None
) -> Submission:
    """Hand a signature in as the site does while a service is away; it is taken to be checked."""
    workflow, number = case
    claimed = office.claimed(workflow, number, me)
    signed = SignedCase(purpose_of(workflow), number)
    handed = office.handed_in(signed, replace(claimed, container=office.sign(held, sha256)))
    assert waits_for_service(office.services, signed, handed)
    office.engine.fire(number, "await_status", applicant(me), handed.payload())
    return handed


def offered(office: World, me: int, held: Held) -> int:
    """Give an e-onay whose signature waits."""
    consent = office.offer(me)
    sha256 = office.read(Consent, consent).document_sha256
    hand_in(office, ("consent", consent), me, held, sha256)
    assert office.read(Consent, consent).state == "awaiting_status"
    return consent


def applied(office: World, me: int, held: Held) -> int:
    """Give a renewal whose signature waits."""
    case = office.file(me, "renewal", held.certificate_id)
    office.choose(case, me, "e_imza")
    sha256 = office.read(Application, case).form_sha256
    hand_in(office, ("application", case), me, held, sha256)
    assert office.state(case) == "awaiting_status"
    return case


def asking(office: World) -> tuple[int, int, str]:
    """Give the newest effect that asks."""
    return [effect for effect in office.queued() if effect[2] == "status.ask"][-1]


def ask(office: World) -> None:
    run_effect(office.engine, *asking(office))


def away(site: Loopback, *paths: str) -> dict[str, Any]:
    """Take services away and give what brings them back."""
    return {path: site.answers.pop(path) for path in paths}


def reason_of(office: World, case: int, trigger: str) -> object:
    entries = [json.loads(entry.body) for entry in office.all(JournalEntry, case_id=case)]
    return [entry["reason"] for entry in entries if entry["trigger"] == trigger][-1]
