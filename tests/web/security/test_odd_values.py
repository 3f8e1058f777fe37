"""Every route with every parameter it reads, filled with what no column can hold: never a 500."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

import pytest
from flask import Request
from sqlalchemy import Engine, event
from werkzeug.datastructures import ImmutableMultiDict

from signing.app.protocol import CLAIM_PATH, RESULT_PATH
from tests.web.security.test_access import FORM, OTHER_PEOPLE, changed
from tests.web.security.town import ROLES
from web.gate.unreadable_text import ODD, not_kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from werkzeug.test import TestResponse

    from tests.kit.web.visitor import Visitor
    from tests.web.security.town import Town

pytestmark = pytest.mark.no_cover

BIG = "9" * 19
"""A number of as many digits as the largest of a bigint, and larger."""

ODD_VALUES = (
    BIG, "9" * 5000, f"-{BIG}", f"person:{BIG}", f"B{BIG}", f"s{BIG}", "²", "NaN", "0x1",
    "0001-01-01", "9999-12-31", f"2026-03-02~{BIG}", f"9999-12-31.{BIG}",
    f"2026-03-02T09:00:00+00:00_1_{BIG}", f"2026-03-02T09:00:00+00:00_{BIG}_1",
    f"2026-03-02T09:00:00+00:00~{BIG}~1", f"2026-03-02T09:00:00+00:00~1~{BIG}",
    "0001-01-01T00:00:00+23:59_1_1", "0001-01-01T00:00:00+23:59~1~1",
    "9999-12-31T23:59:59-23:59_1_1", "9999-12-31T23:59:59-23:59~1~1",
)  # fmt: skip
"""Numbers, days and places in a list that are too large for what keeps them, or none at all."""

SHARES = 10
"""Into so many parts the odd values are cut where a parameter has had all of them before."""

PER_ROUTE = {"GET": 2, "POST": 1}
"""Addresses tried of one rule."""

SOUND = {
    **FORM, "liste": "hepsi", "filtre": "durum=held", "ad": "deneme", "islem": "reject",
    "kapsam": "secili", "basvuru": "B000000001", "numara": "B000000001", "kimden": "1",
}  # fmt: skip
"""What the other fields of a form hold, so that a view comes to the odd one."""

FEWEST_READ = {
    "q",
    "kisi",
    "sonra",
    "once",
    "kim",
    "toplu",
    "surec",
    "sonuc",
    "ad",
    "aranan",
    "kod",
    "seen",
}
"""Parameters that must be among those that were found, or the finding is broken."""


INJECTED = "zqx' OR 1=1) --{{7*191}}"
"""A text that would break out of a statement, and be reckoned by a template."""

RECKONED = b"--1337"
"""What a template would make of it."""


class Watched(ImmutableMultiDict[str, str]):
    """The query or form of a request, which notes what a view asks it for."""

    asked: ClassVar[set[str]] = set()

    def get(self, key, default=None, type=None):  # type: ignore[no-untyped-def,override]  # noqa: A002, ANN001, ANN201 - the library's signature
        """Note the name."""
        self.asked.add(key)
        return super().get(key, default, type)

    def getlist(self, key, type=None):  # type: ignore[no-untyped-def]  # noqa: A002, ANN001, ANN201 - the same
        """Note the name."""
        self.asked.add(key)
        return super().getlist(key, type)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)


@dataclass
class Trial:
    """One address and method, tried by one visitor."""

    visitor: Visitor
    method: str
    path: str
    known: set[str] = field(default_factory=set)
    """The parameters that the view has asked for so far."""
    turn: int = 0
    """Which of the odd values are tried with parameters that other views have had already."""
    met: ClassVar[set[str]] = set()
    """Parameters that had every odd value, in whichever view."""

    def send(self, **changed_fields: str) -> TestResponse:
        """Send a request with some odd values; note what the view asks for."""
        Watched.asked.clear()
        if self.method == "GET":
            answer = self.visitor.client.get(self.path, query_string=changed_fields, buffered=True)
        else:
            data = {**SOUND, "csrf_token": self.visitor.token, **changed_fields}
            answer = self.visitor.client.post(self.path, data=data, buffered=True)
        assert answer.status_code < 500, (self.method, self.path, changed_fields)
        assert RECKONED not in answer.data, (self.method, self.path, changed_fields)
        self.known |= Watched.asked - {"csrf_token"}
        return answer

    def run(self, values: Iterable[str] = ODD_VALUES) -> int:
        """Try each parameter with each odd value, those that come up meanwhile too."""
        self.send()
        done: set[str] = set()
        while left := sorted(self.known - done):
            for value in self._of(left[0], list(values)):
                self.send(**{left[0]: value})
            done.add(left[0])
        return len(done)

    def _of(self, name: str, values: list[str]) -> list[str]:
        """Return all values for a parameter that is new, two for one that had them once.

        Views read a parameter of one name by one function, so the others only show that they do.
        """
        if name in self.met:
            self.turn += 1
            return values[self.turn % SHARES :: SHARES] or values
        self.met.add(name)
        return values


def trials(town: Town) -> Iterator[Trial]:
    """Go through the routes, each as somebody who may use it."""
    visitors = {role: town.visitor(role) for role in ("public", *ROLES)}
    turn = 0
    Trial.met.clear()
    for rule, allowed in town.rules():
        if rule.endpoint in OTHER_PEOPLE:
            continue
        role = next((role for role in visitors if role in allowed), "officer")
        for method in sorted((rule.methods or set()) & PER_ROUTE.keys()):
            for address in islice(town.addresses(rule), PER_ROUTE[method]):
                turn += 1
                yield Trial(visitors[role], method, address.path, turn=turn)


def test_no_parameter_of_any_route_breaks_the_site(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Request, "parameter_storage_class", Watched)
    monkeypatch.setattr(town.app, "testing", False)
    read: set[str] = set()
    tried = 0
    for trial in trials(town):
        tried += trial.run()
        read |= trial.known
    assert read >= FEWEST_READ
    assert tried > 100


def test_what_somebody_typed_stands_in_no_statement_and_is_reckoned_by_no_template(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Request, "parameter_storage_class", Watched)
    statements: list[str] = []
    values: list[str] = []

    def hear(_c: object, _k: object, statement: str, parameters: object, *_: object) -> None:
        statements.append(statement)
        values.append(str(parameters))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        tried = sum(trial.run([INJECTED]) for trial in trials(town))
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    assert [one for one in statements if "zqx" in one.casefold()] == []
    assert [one for one in values if "zqx" in one.casefold()] != []
    assert tried > 100


def test_what_is_encoded_twice_is_decoded_once(town: Town) -> None:
    officer = town.visitor("officer")
    number = f"B{town.cases['paper']:09}"
    once, twice = number.replace("B", "%42"), number.replace("B", "%2542")
    assert officer.get(f"/is/{once}").heading.startswith(number)
    assert officer.get(f"/ara?q={once}").heading.startswith(number)
    assert officer.client.get(f"/is/{twice}").status_code == 404
    page = officer.get(f"/ara?q={twice}")
    assert page.heading == "Arama"
    named = officer.post("/ara", q=once)
    assert named.heading.startswith("Arama")


NUL = "a\0b"


def told(answer: TestResponse) -> bool:
    """Say whether an answer is the sentence about text that cannot be kept."""
    if answer.status_code != 400:
        return False
    if answer.mimetype == "application/problem+json":
        return bool(answer.get_json()["code"] == "text_unreadable")
    return ODD in answer.text


def test_no_route_takes_a_sign_that_the_database_can_not_keep(town: Town) -> None:
    everywhere = list(trials(town))
    before = town.rows()
    for trial in everywhere:
        client, path, method = trial.visitor.client, trial.path, trial.method
        token = trial.visitor.token
        for query in ({"q": NUL}, {NUL: "q"}):
            answer = client.open(path, method=method, query_string=query)
            assert told(answer), (method, path)
        assert told(client.open(path, method=method, headers={"Accept": NUL})), (method, path)
        if method == "POST" and not path.startswith(("/api/", "/nes.", "/tsa")):
            for form in ({"ad": NUL}, {NUL: "ad"}, {"dosya": (BytesIO(b"x"), NUL)}):
                answer = client.post(path, data={**form, "csrf_token": token})
                assert told(answer), (path, form)
    assert changed(before, town.rows()) <= {"web_session"}
    assert len(everywhere) > 100


@pytest.mark.parametrize("text", ["\0", "x\ud800", "\udfffx"])
def test_signs_that_are_not_kept_are_told_from_others(text: str) -> None:
    assert not_kept(text)
    assert not not_kept("Şule \U0001f600 \x01 \ufffe")


def test_an_address_with_a_nul_is_refused_before_it_is_looked_for(town: Town) -> None:
    officer = town.visitor("officer")
    assert told(officer.client.get("/is/B%00"))
    assert told(officer.client.get("/yok%00"))
    assert told(officer.client.get("/api/yok%00"))


@pytest.mark.parametrize("odd", ["\0", "\ud800", "0" * 15 + "\0", BIG, int(BIG), 1e308, None, []])
def test_no_value_of_a_program_breaks_the_handshake(town: Town, odd: object) -> None:
    client = town.app.test_client()
    for path, body in (
        (CLAIM_PATH, {"code": odd}),
        (RESULT_PATH, {"secret": odd, "container": "MA=="}),
        (RESULT_PATH, {"secret": "A" * 43, "container": odd}),
        (CLAIM_PATH, {str(odd): "1"}),
    ):
        answer = client.post(path, json=body)
        assert answer.status_code in (400, 404), (path, body, answer.status_code)
