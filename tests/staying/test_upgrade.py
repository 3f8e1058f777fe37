"""From each released version to the newest step: nothing differs, and open cases come to an end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.cards.seed import handed_over
from migrations.run import downgrade, steps, upgrade
from tests.kit.postgres import TEMPLATE, fresh_database
from tests.staying.office import VERSIONS, Revived, restore, revive, schema
from web.demo.stage import FIRST_OFFICER, OPERATOR, SECOND_OFFICER, applicant
from workflow.journal.conformance import conform
from workflow.journal.verification import verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from states.postgres.server import EmbeddedServer
    from tests.kit.postgres import Database
    from workflow.model.context import Payload

DELIVERED, WITH_COURIER, DRAFT, FORM, PAPER, RETURNED = 1, 3, 8, 9, 10, 11
TO_SIGN, CONSENTING, OFFERED, HELD, QUEUED, MAKING, MADE = 13, 16, 18, 22, 26, 30, 34
"""The cases of each office by where its release left them (``released/fill``)."""

WITHOUT_LISTS = "0.1.0"
"""Its authority named no list, so that nobody can say today whether a certificate is revoked.

Its people go on by paper and at the desk; signing wants an authority of a later release.
"""


@pytest.fixture(params=VERSIONS, ids=str)
def old(server: EmbeddedServer, request: pytest.FixtureRequest) -> Iterator[tuple[Database, str]]:
    """Give the database of a released version as it was left."""
    with fresh_database(server, "template1") as database:
        restore(database, request.param)
        yield database, request.param


def test_each_released_version_comes_to_the_newest_step_and_its_cases_to_an_end(
    old: tuple[Database, str], server: EmbeddedServer, tmp_path: Path
) -> None:
    database, version = old
    with fresh_database(server, TEMPLATE) as new:
        wanted = schema(new)
    upgrade(database.url)
    assert schema(database) == wanted
    downgrade(database.url, steps()[-2])
    upgrade(database.url)
    assert schema(database) == wanted
    with revive(database, version, tmp_path) as office:
        whole(office)
        the_house_goes_on(office)
        people_go_on(office)
        days_pass(office)
        whole(office)


def whole(office: Revived) -> None:
    """Prove the journal and each of its moves."""
    composition = office.stage.engine
    proved, judged = (
        verify(composition.database, composition.library),
        conform(composition.database, composition.library),
    )
    assert proved.problems == []
    assert judged.differences == ()
    assert proved.entries == judged.entries >= 115


def the_house_goes_on(office: Revived) -> None:
    """Work the queue off: cards in the making are made, what is ready is sent."""
    assert office.waiting()
    office.stage.until(office.stage.clock.now() + timedelta(minutes=11))
    assert office.waiting() == []
    found = office.states()
    assert {found[case] for case in (WITH_COURIER, QUEUED, MAKING, MADE)} == {"couriered"}


def people_go_on(office: Revived) -> None:
    """Officers, the operator and card holders make the next move of their cases."""
    stage = office.stage
    fire, now = stage.engine.fire, stage.clock.now()
    for case in (WITH_COURIER, QUEUED, MAKING, MADE):
        fire(case, "deliver", OPERATOR, handed_over(now).payload())
    fire(PAPER, "approve_paper", SECOND_OFFICER)
    fire(FORM, "register_paper", FIRST_OFFICER, stage.paper(FORM))
    fire(FORM, "approve_paper", SECOND_OFFICER)
    fire(DRAFT, "cancel", applicant(office.person(DRAFT)))
    me = applicant(office.person(RETURNED))
    fire(RETURNED, "choose_method", me, {"method": "wet_signature", "shown": True})
    signer = applicant(office.person(TO_SIGN))
    if office.version == WITHOUT_LISTS:
        refused = stage.refused(TO_SIGN, "approve_e_imza", signer, signature_of(office, TO_SIGN))
        assert refused == "signature.not_stamped"
        fire(TO_SIGN, "cancel", signer)
    else:
        fire(TO_SIGN, "approve_e_imza", signer, signature_of(office, TO_SIGN))
        give_consents(office)


def activate(office: Revived, case: int) -> None:
    """Sign, as its holder, the activation of a card that today's code has made."""
    held = office.stage.new_card(case)
    signed = office.stage.signed_submission("activated", "certificate", held.certificate_id, held)
    me = applicant(office.person(case))
    office.stage.engine.fire(held.certificate_id, "activate", me, signed.payload())


def signature_of(office: Revived, case: int, table: str = "application") -> Payload:
    """Sign for a case with the card that its person holds."""
    held = office.held(office.person(case, table))
    return office.stage.signed_submission(f"signed-{case}", table, case, held).payload()


def give_consents(office: Revived) -> None:
    """Two give their e-onay: by what the release had offered, and from the beginning."""
    fire, asked = office.stage.engine.fire, office.person(CONSENTING)
    giver = applicant(office.person(OFFERED, "consent"))
    fire(OFFERED, "sign", giver, signature_of(office, OFFERED, "consent"))
    office.stage.consent("given", asked, office.held(asked))
    shown = {"form": office.stage.form(CONSENTING)}
    fire(CONSENTING, "approve_e_onay", applicant(asked), shown)


def days_pass(office: Revived) -> None:
    """Let time pass: what people moved is made and sent; a hundred days later all has ended."""
    stage = office.stage
    stage.until(stage.clock.now() + timedelta(minutes=11))
    assert {office.states()[case] for case in (FORM, PAPER)} == {"couriered"}
    stage.engine.fire(PAPER, "deliver", OPERATOR, handed_over(stage.clock.now()).payload())
    if office.version != WITHOUT_LISTS:
        activate(office, PAPER)
    for days in (95, 1):
        stage.until(stage.clock.now() + timedelta(days=days))
    ended = {DELIVERED: "delivered", DRAFT: "cancelled", FORM: "couriered", RETURNED: "expired"}
    signed = "cancelled" if office.version == WITHOUT_LISTS else "couriered"
    given = "expired" if office.version == WITHOUT_LISTS else "couriered"
    ended |= {HELD: "couriered", TO_SIGN: signed, CONSENTING: given}
    assert ended.items() <= office.states().items()
    assert office.waiting() == []
