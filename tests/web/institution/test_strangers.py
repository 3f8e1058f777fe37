"""Whatever a coordinator opens, of another subtree there is nothing: every address is asked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import pytest
from werkzeug.routing import BuildError

from handlers.institutions import support
from handlers.kit.roles import COORDINATOR
from handlers.radar.sweep import sweep
from handlers.unit_letters.sending import work_off
from states.cases.certificate import Certificate
from states.cases.requests.support_change import SupportChange
from states.papers.upload import StaffUpload
from tests.kit.handlers.unit_letters import Letters
from tests.kit.web.visitor import Visitor
from tests.web.institution.conftest import OTHER, ROW, coordinator_at, listed
from web.gate.permissions import permission_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from werkzeug.routing import Rule

    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor

OWN, FOREIGN = "TEST-16-01", "TEST-16-02"
FOREIGN_SCHOOL = "TEST-16-02-1"

ROOMS = ("institution.", "support.")
"""The pages that coordinators have."""

PARTS: dict[str, tuple[object, ...]] = {
    "part": ("yazi", "liste", "tablo"),
    "trigger": ("approve", "refuse", "withdraw"),
    "command": ("baslat", "duraklat", "surdur", "durdur"),
    "act": ("hatirlat", "hatirlatmayi-durdur", "hatirlatmayi-surdur"),
}
"""Parts of an address that are about nobody."""

ABOUT_NOBODY = {"institution.sample"}
"""Addresses with a part that is about nobody at all."""

PRESSED = {"surum": "1", "seen": "1", "gerekce": "Karar", "reason": "Karar"}


@dataclass(frozen=True)
class Strangers:
    """What there is in the other subtree: each is known by these."""

    certificate: str
    letters: tuple[str, ...]
    change: str
    upload: int
    person: int
    words: tuple[str, ...]

    @property
    def parts(self) -> dict[str, tuple[object, ...]]:
        """The parts of addresses that lead to it."""
        references = (self.certificate, *self.letters, self.change)
        codes = ("TEST", "TEST-16", FOREIGN, FOREIGN_SCHOOL, "TEST-06", f"{OWN}%", f"{OWN}-_")
        return {
            "reference": references,
            "code": codes,
            "number": (self.upload, self.person),
            **PARTS,
        }


def signed_in(app: Flask, actor: Actor) -> Visitor:
    """Sign an account in."""
    browser = Visitor(app)
    browser.sign_in("user", int(actor.name.partition(":")[2]))
    return browser


@pytest.fixture
def strangers(app: Flask, world: World) -> Strangers:
    """Give another district something of each sort: people, letters, a support unit, a list."""
    letters = Letters(world)
    first, second = (letters.coordinator(FOREIGN) for _ in range(2))
    other = coordinator_at(app, world, FOREIGN)
    other.upload(listed({**OTHER, "surname": "Yabancı", "institution_code": FOREIGN_SCHOOL}))
    sent = letters.approved(
        first, second, action=(FOREIGN_SCHOOL,), sender=FOREIGN, subject="Yabancı konu"
    )
    work_off(world.engine)
    draft = letters.draft(first, (FOREIGN_SCHOOL,), sender=FOREIGN, subject="Yabancı taslak")
    values = {
        "institution_id": letters.place(FOREIGN), "unit": "Yabancı destek", "person_id": None,
        "phone": "+902241112233", "email": None,
    }  # fmt: skip
    world.engine.open(support.WORKFLOW, "propose", first, values, reason="Yeni")
    sweep(world.engine)
    [certificate] = world.all(Certificate)
    references = tuple(letters.letter(case).reference for case in (sent, draft))
    [change], [upload] = world.all(SupportChange), world.all(StaffUpload)
    words = (
        "YABANCI", "Yabancı", "TEST İnegöl", "TEST Çınaraltı", "TEST Çankaya", certificate.serial,
        certificate.reference, *references, change.reference,
    )  # fmt: skip
    return Strangers(
        certificate.reference, references, change.reference, upload.id, certificate.person_id,
        words,
    )  # fmt: skip


def addresses(app: Flask, strangers: Strangers) -> Iterator[tuple[Rule, str]]:
    """Yield each address of the coordinators' pages, filled in with what is another's."""
    parts, adapter = strangers.parts, app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith(ROOMS) or rule.endpoint in ABOUT_NOBODY:
            continue
        allowed = permission_of(rule.endpoint, app.view_functions[rule.endpoint])
        if COORDINATOR not in (allowed or ()):
            continue
        names = sorted(rule.arguments - set(rule.defaults or ()))
        for values in product(*(parts[name] for name in names)):
            filled = dict(zip(names, values, strict=True))
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                try:
                    yield rule, method + adapter.build(rule.endpoint, filled, method)
                except BuildError:  # a part that this address does not have
                    continue


def test_an_address_of_another_subtree_leads_a_coordinator_nowhere(
    app: Flask, world: World, strangers: Strangers
) -> None:
    me = coordinator_at(app, world, OWN)
    me.upload(listed(ROW))
    asked = set()
    for rule, found in addresses(app, strangers):
        if not rule.arguments - set(rule.defaults or ()):
            continue
        method, slash, rest = found.partition("/")
        form = {"csrf_token": me.browser.token, **PRESSED} if method == "POST" else None
        answer = me.browser.client.open(f"{slash}{rest}", method=method, data=form)
        assert answer.status_code == 404, found
        shown = answer.text
        assert [word for word in strangers.words if word in shown and word not in rest] == []
        asked.add((rule.endpoint, method))
    assert len(asked) > 12
    assert {"institution.radar", "institution.letter", "support.change"} <= {e for e, _ in asked}
    assert [row.state for row in world.all(SupportChange)] == ["proposed"]


def test_no_page_of_a_coordinator_tells_of_another_subtree(
    app: Flask, world: World, strangers: Strangers
) -> None:
    me = coordinator_at(app, world, OWN)
    me.upload(listed(ROW))
    sweep(world.engine)
    pages = {
        found.removeprefix("GET")
        for rule, found in addresses(app, strangers)
        if found.startswith("GET") and not rule.arguments - set(rule.defaults or ())
    } - {"/kurum/yazi-taslaklari"}  # the office's
    assert {"/kurum", "/kurum/radar", "/kurum/yazilar", "/destek-birimleri"} <= pages
    filters = [
        "?durum=no_e_onay", "?eonay=yok", "?gun=2026-04-10", "?ay=2026-04", "?bant=60", "?yalniz=1",
        "?birim=TEST-16-01", "?sonra=2026-01-01.0", "?sayfa=1",
    ]  # fmt: skip
    for page in [*sorted(pages), *(f"/kurum{one}" for one in filters)]:
        text = me.browser.get(page).response.text
        assert [word for word in strangers.words if word in text] == [], page
    assert "ÖRNEKOĞLU" in me.browser.get("/kurum").text
    for code in ("TEST-16", FOREIGN, FOREIGN_SCHOOL, "TEST-06"):
        for more in ("", "&yalniz=1", "&durum=no_e_onay"):
            me.browser.get(f"/kurum?birim={code}{more}", 404)


def test_the_one_above_sees_what_two_below_do_not_see_of_each_other(
    app: Flask, world: World, strangers: Strangers
) -> None:
    above = coordinator_at(app, world, "TEST-16")
    coordinator_at(app, world, OWN).upload(listed(ROW))
    sweep(world.engine)
    text = above.browser.get("/kurum").text
    assert ("YABANCI" in text, "ÖRNEKOĞLU" in text) == (True, True)
    assert strangers.change in above.browser.get("/destek-birimleri").text
    assert above.browser.get(f"/kurum/radar/{FOREIGN}").all("td")
    above.browser.get(f"/kurum/yazilar/{strangers.letters[0]}", 404)  # a letter is its sender's
    world.write("UPDATE office_user SET active = false WHERE id = :me", me=above.user)
    assert above.browser.client.get("/kurum").status_code != 200


def test_who_is_moved_to_another_institution_sees_that_one_alone(
    app: Flask, world: World, strangers: Strangers
) -> None:
    me = coordinator_at(app, world, OWN)
    me.upload(listed(ROW))
    place = Letters(world).place(FOREIGN_SCHOOL)
    world.write(
        "UPDATE office_user SET institution_id = :place WHERE id = :me", place=place, me=me.user
    )
    text = me.browser.get("/kurum").text
    assert ("YABANCI" in text, "ÖRNEKOĞLU" in text) == (True, False)
    me.browser.get(f"/kurum/radar/{OWN}", 404)
    assert strangers.letters[0] in me.browser.get("/kurum/yazilar").text
