"""Which certificates of a person meet one need: what came of what, whoever made the link.

A certificate comes of the one that its application was about, where that kind takes the place of a
certificate. What became of those between does not matter: the need passes through a card that was
lost, revoked or struck. A first one meets the need of all that were gone when it was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.certificates.validity import HELD
from handlers.kit import rows
from states.cases.application import Application
from states.cases.certificate import Certificate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from handlers.kit.context import Context

STANDING = ("reserved", *HELD)
"""States of a certificate that nobody has given up: being made, on its way, valid or on hold."""


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """A certificate of a person, and by which application (all None without one) it was made."""

    id: int
    serial: str
    state: str
    not_before: datetime | None
    ends_at: datetime | None
    revoked_at: datetime | None
    application_id: int | None
    reference: str | None
    kind: str | None
    about: int | None

    def stands(self, now: datetime) -> bool:
        """Say whether nobody has given it up and it has not ended."""
        return self.state in STANDING and self.ends_at is not None and now <= self.ends_at

    def gone_before(self, moment: datetime | None) -> bool:
        """Say whether it was revoked, or had ended, at a moment."""
        gone = self.revoked_at or self.ends_at
        return moment is not None and gone is not None and gone <= moment


class Family:
    """The certificates of a person, and the one from which one looks at what came of what."""

    def __init__(
        self,
        links: Sequence[IssuedCertificate],
        kinds: Mapping[str, Mapping[str, object]],
        old_id: int,
    ) -> None:
        """Link them by the kinds of application that take the place of a certificate."""
        self.old_id = old_id
        self._links = links
        takes_over = {name for name, kind in kinds.items() if kind["old_certificate"] != "none"}
        serials = {link.id: link.serial for link in self._links}
        self._parents = {
            link.id: serials.get(link.about)
            for link in self._links
            if link.kind in takes_over and link.about is not None
        }
        self._old = next(link for link in self._links if link.id == old_id)

    def after(self, now: datetime) -> list[IssuedCertificate]:
        """Return the others for the same need that did not lead to this one, by their beginning.

        Those that led to it are left out, for it takes their place.
        """
        before = self._before()
        family = self._down(before | self._firsts(now))
        found = [link for link in self._links if link.serial in family - before]
        return sorted(found, key=lambda link: (link.not_before is not None, link.not_before or now))

    def made_by(self, application_id: int) -> list[IssuedCertificate]:
        """Return what an application has had made so far, but for tries that were given up."""
        made = (link for link in self._links if link.application_id == application_id)
        return [link for link in made if link.state != "void"]

    def living(self, case_id: int | None, now: datetime) -> list[IssuedCertificate]:
        """Return those that took the place of this one and still live, first ones first.

        However many there were between, by whatever kinds, and whatever became of them; but for
        those that a case had made itself, and those that serve only until this one begins.
        """
        begins = max(filter(None, (self._old.not_before, self._began(case_id))), default=None)
        others = self._others(case_id, now)
        return [one for one in others if one.reference is not None and not _ends(one, begins)]

    def bridged(self, case_id: int, now: datetime) -> datetime | None:
        """Return when the last of those ends that were made to serve until a case's own began.

        So it is where the card of a renewal is made again; None if there is none such.
        """
        begins = self._began(case_id)
        ends = [one.ends_at for one in self._others(case_id, now) if _ends(one, begins)]
        return max(filter(None, ends), default=None)

    def _others(self, case_id: int | None, now: datetime) -> list[IssuedCertificate]:
        found = [one for one in self.after(now) if one.stands(now)]
        return [one for one in found if case_id is None or one.application_id != case_id]

    def _began(self, case_id: int | None) -> datetime | None:
        """Return when what a case had made before was to begin; the last one."""
        made = self.made_by(case_id) if case_id is not None else []
        return max(filter(None, (one.not_before for one in made)), default=None)

    def _before(self) -> set[str]:
        """Return the serials from this one back to where its need began, itself included.

        By serial: a record that was struck and listed anew is the same certificate.
        """
        found: set[str] = set()
        ahead: set[str | None] = {self._old.serial}
        while new := ahead - found - {None}:
            found |= {serial for serial in new if serial is not None}
            ahead = {self._parents.get(link.id) for link in self._links if link.serial in new}
        return found

    def _firsts(self, now: datetime) -> set[str]:
        """Return the serials of first ones that were made when this one was gone already."""
        if self._old.stands(now) and self._old.revoked_at is None:
            return set()
        firsts = (link for link in self._links if link.kind == "first")
        return {link.serial for link in firsts if self._old.gone_before(link.not_before)}

    def _down(self, roots: Iterable[str]) -> set[str]:
        """Return the serials of all that came of some, these included."""
        found: set[str] = set()
        new = set(roots)
        while new:
            found |= new
            children = (link for link in self._links if self._parents.get(link.id) in new)
            new = {link.serial for link in children} - found
        return found


def _ends(one: IssuedCertificate, begins: datetime | None) -> bool:
    """Say whether a certificate ends before something begins."""
    return begins is not None and one.ends_at is not None and one.ends_at < begins


class Replacements(Family):
    """The certificates of a certificate's person, as a move reads them."""

    @classmethod
    def read_once(cls, context: Context, old: Certificate) -> Replacements:
        """Return them as they stood when the move at hand first asked: one read for all its checks.

        An action that asks after it has ended a certificate reads them anew.
        """
        found = context.recall(cls)
        if found is None or found.old_id != old.id:
            found = cls.read(context, old)
            context.remember(found)
        return found

    @classmethod
    def read(cls, context: Context, old: Certificate) -> Replacements:
        """Read all certificates of the person; there are a few."""
        return cls(issued_to(context, old.person_id), context.definition.kinds, old.id)


def issued_to(context: Context, person_id: int) -> list[IssuedCertificate]:
    """Return all certificates of a person, with the applications that they were made by."""
    found = _issued_to().ask(context.connection, person=person_id)
    return [IssuedCertificate(*row.values()) for row in found]


@cache
def _issued_to() -> rows.Question:
    return rows.Question.of(
        select(
            Certificate.id, Certificate.serial, Certificate.state, Certificate.not_before,
            Certificate.ends_at, Certificate.revoked_at, Certificate.application_id,
            Application.reference, Application.kind, Application.old_certificate_id,
        )
        .outerjoin(Application, Application.id == Certificate.application_id)
        .where(Certificate.person_id == rows.given("person"))
        .order_by(Certificate.id)
    )  # fmt: skip
