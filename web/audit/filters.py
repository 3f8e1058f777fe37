"""The auditor's filter: how it stands in the address and what it means to the journal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from states.kit.reference import parse
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.sealed_names import open_name, seal_name
from workflow.journal.export import JournalFilter
from workflow.model.clock import start_of_day

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 100
"""Characters of one field of the filter."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """The filter as typed, without blanks; ``refused`` asks for refused attempts instead."""

    first: str = ""
    last: str = ""
    actor: str = ""
    workflow: str = ""
    trigger: str = ""
    case: str = ""
    batch: str = ""
    refused: bool = False
    plain: bool = False
    """Whether a name stood open in the address, where none is looked for."""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> AuditFilter:
        """Read the filter from an address; a name is sealed there (``web.gate.sealed_names``)."""
        typed = cls.typed_in(arguments)
        if typed.actor:
            return replace(typed, plain=":" not in typed.actor)
        return replace(typed, actor=open_name(arguments.get(SEALED, "")))

    @classmethod
    def typed_in(cls, fields: Mapping[str, str]) -> AuditFilter:
        """Read the filter from a form."""
        typed = {field: fields.get(name, "").strip()[:LONGEST] for field, name in NAMES.items()}
        return cls(**typed, refused=fields.get("tur") == "ret", plain=False)

    def address(self) -> dict[str, str]:
        """Return the filter as it may stand in an address: a name is sealed."""
        found = self.said()
        if self.actor and ":" not in self.actor:
            found[SEALED] = seal_name(found.pop(NAMES["actor"]))
        return found

    def said(self) -> dict[str, str]:
        """Return the filter as it was typed; empty fields are left out."""
        typed = {name: getattr(self, field) for field, name in NAMES.items()}
        return {name: text for name, text in typed.items() if text} | (
            {"tur": "ret"} if self.refused else {}
        )

    def problems(self) -> dict[str, str]:
        """Return a Turkish sentence for each field that cannot be read."""
        found = {
            NAMES[field]: gettext("Günü 2026-11-22 gibi yazınız; takvimde olmalıdır.")
            for field in ("first", "last")
            if getattr(self, field) and _day(getattr(self, field)) is None
        }
        if self.plain:
            found[NAMES["actor"]] = NOT_IN_ADDRESS
        if self.case and _case(self.case) is None:
            found[NAMES["case"]] = gettext("Numara bir harf ve 9 rakamdır; örnek: B000000123.")
        return found

    def meant(self, actor: str | None = None) -> JournalFilter:
        """Return what the journal is asked; the last day is included.

        ``actor`` is the key of whom the filter names.
        """
        first, last = _day(self.first), _day(self.last)
        return JournalFilter(
            since=start_of_day(first) if first else None,
            until=start_of_day(last + timedelta(days=1)) if last else None,
            case_id=_case(self.case) if self.case else None,
            workflow=self.workflow or None,
            trigger=self.trigger or None,
            actor=actor or self.actor or None,
            batch=self.batch or None,
        )


NAMES = {
    "first": "ilk",
    "last": "son",
    "actor": "kim",
    "workflow": "surec",
    "trigger": "islem",
    "case": "basvuru",
    "batch": "toplu",
}
"""Each field and its name in the address."""

SEALED = "ad"
"""Where a name stands, sealed, in place of the key of an actor."""

NOT_IN_ADDRESS = _("Adlar adres çubuğunda aranmaz, adresler kaydedilir; “Uygula” ile arayınız.")


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # The day after the last one must still be a day of the calendar.
    return day if date.min < day < date.max else None


def _case(text: str) -> int | None:
    try:
        return parse(text)[1]
    except ValueError:
        return None
