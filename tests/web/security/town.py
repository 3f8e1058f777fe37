"""The town of the tests: people of every role, what belongs to each, and every address."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from werkzeug.routing.converters import AnyConverter, IntegerConverter

from handlers.papers.letters.message_texts import first_wording
from handlers.people.register import find_institution
from states.kit.reference import reference
from states.tables import METADATA
from tests.kit.handlers.world import ISMAIL, administrator, open_account
from tests.kit.web.staff import under_review, waiting_for_paper
from tests.kit.web.visitor import Visitor
from web.gate.permissions import permission_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from werkzeug.routing import Rule

    from tests.kit.handlers.world import World

ROLES = ("applicant", "coordinator", "officer", "operator", "auditor", "administrator")
PER_RULE = 12
"""Addresses tried of one rule: enough to touch each kind of thing, few enough to end."""

NOT_THERE = {"reference": "B999999999", "number": "999999999", "page": "99", "sha256": "0" * 64}
"""What names nothing, by the name of the part of an address."""


@dataclass(frozen=True)
class Address:
    """One address of a rule, and the parts it was filled with."""

    rule: Rule
    path: str
    parts: dict[str, str]


@dataclass
class Town:
    """The site with somebody in every role, and what there is to be seen and taken."""

    world: World
    app: Flask
    accounts: dict[str, int] = field(default_factory=dict)
    people: list[int] = field(default_factory=list)
    cases: dict[str, int] = field(default_factory=dict)

    def build(self) -> Town:
        """Enter people, accounts and cases."""
        with self.world.engine.database.begin() as connection:
            now = self.world.clock.now()
            for role in (*ROLES[1:], "second", "far", "chief"):
                place = {"coordinator": "TEST-16-01", "far": "TEST-16-02"}.get(role)
                found = find_institution(connection, place) if place else None
                held = {"second": "officer", "far": "coordinator", "chief": "administrator"}
                self.accounts[role] = open_account(
                    connection, f"{role} kişi", held.get(role, role), now,
                    subject=f"sub-{role}", institution_id=found.id if found else None,
                )  # fmt: skip
        self._cases()
        return self

    def _cases(self) -> None:
        world = self.world
        self.cases["paper"] = under_review(world, self.accounts["officer"])
        mine = world.person()
        self.cases["certificate"] = world.certificate(mine, date(2026, 8, 10))
        self.cases["draft"] = world.file(mine, "renewal", self.cases["certificate"])
        self.cases["consent"] = world.offer(mine)
        self.cases["theirs"] = waiting_for_paper(world, ISMAIL, "Iraksak")
        self.people = [mine, world.person(ISMAIL, surname="Iraksak")]
        boss = administrator(self.accounts["administrator"])
        values = {
            "act": "close", "user_id": self.accounts["second"], "person_id": None,
            "role": "officer", "institution_id": None,
        }  # fmt: skip
        first = first_wording("held")
        wording = {**asdict(first), "subject_tr": "Deneme"}
        values_of_text = {
            "code": "IM.32", "revision": 2, "in_force_on": date(2026, 3, 2), "person_id": None,
            **wording,
        }  # fmt: skip
        self.cases["text_change"] = world.engine.open(
            "text_change", "propose", boss, values_of_text, reason="Deneme"
        )
        self.cases["grant"] = world.engine.open("grant", "propose", boss, values, reason="Deneme")

    def visitor(self, role: str) -> Visitor:
        """Return a browser in which somebody of a role is signed in."""
        someone = Visitor(self.app)
        someone.get("/giris")
        if role != "public":
            people = {"applicant": self.people[0], "stranger": self.people[-1]}
            sort = "person" if role in people else "user"
            number = people[role] if role in people else self.accounts[role]
            form = {"csrf_token": someone.token}
            someone.client.post(f"/giris/deneme/{sort}/{number}", data=form)
            someone.get("/hesap")
        return someone

    @property
    def references(self) -> list[str]:
        """The references of everything there is."""
        workflows = {
            "paper": "application", "draft": "application", "theirs": "application",
            "certificate": "certificate", "consent": "consent", "grant": "grant",
            "text_change": "text_change",
        }  # fmt: skip
        return [reference(workflows[name], case) for name, case in self.cases.items()]

    def rows(self) -> dict[str, str]:
        """Return a fingerprint of the contents of each table."""
        with self.world.engine.database.connect() as connection:
            return {
                name: connection.scalar(
                    text(
                        f"SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|'"
                        f" ORDER BY t::text)), '') FROM {name} t"
                    )
                )
                for name in METADATA.tables
            }

    def rules(self) -> list[tuple[Rule, frozenset[str]]]:
        """Return the rules of the site, files excepted, with who may use each."""
        found = []
        for rule in self.app.url_map.iter_rules():
            allowed = permission_of(rule.endpoint, self.app.view_functions[rule.endpoint])
            if rule.endpoint not in {"static", "bootstrap.static"} and allowed is not None:
                found.append((rule, allowed))
        return found

    def addresses(self, rule: Rule, *, nothing: bool = False) -> Iterator[Address]:
        """Fill a rule with what there is, or with what there is not."""
        names = sorted(rule._converters)  # noqa: SLF001 - what the rule takes is said nowhere else
        choices = [self._values(rule, name, nothing=nothing) for name in names]
        for values in islice(product(*choices), PER_RULE):
            parts = dict(zip(names, values, strict=True))
            typed: dict[str, Any] = {
                name: int(value) if _whole(rule, name) else value for name, value in parts.items()
            }
            built = rule.build({**(rule.defaults or {}), **typed})
            assert built is not None
            yield Address(rule, built[1], parts)

    def _values(self, rule: Rule, name: str, *, nothing: bool) -> list[str]:
        converter = rule._converters[name]  # noqa: SLF001 - the same
        if isinstance(converter, AnyConverter):
            return sorted(converter.items)
        if nothing:
            return [NOT_THERE.get(name, "yok")]
        known = {
            "reference": self.references,
            "number": [str(number) for number in (1, *self.accounts.values())],
            "page": ["1", "2"],
            "code": ["IM.32", "IM.33"],
            "sha256": self._documents(),
            "trigger": ["cancel", "approve_paper", "reject", "start_production"],
        }
        return known.get(name, ["deneme"])

    def _documents(self) -> list[str]:
        statement = text("SELECT sha256 FROM document ORDER BY 1 LIMIT 3")
        with self.world.engine.database.connect() as connection:
            return list(connection.execute(statement).scalars())


def _whole(rule: Rule, name: str) -> bool:
    return isinstance(rule._converters[name], IntegerConverter)  # noqa: SLF001 - the same
