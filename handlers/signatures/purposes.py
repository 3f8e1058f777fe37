"""What a signature may be for: the case that it moves, the text that it is over, its moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.kit import rows
from handlers.kit.moves import AWAIT_STATUS
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.consent import Consent

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from handlers.kit.context import Context
    from workflow.model.definition import Definition


@dataclass(frozen=True, slots=True)
class SigningPurpose:
    """What a code may be for: the workflow of its case, and the moves whose signature it carries.

    ``document`` is the column of the case that names the text to be signed.
    """

    workflow: str
    triggers: tuple[str, ...]
    document: str


PURPOSES = {
    "e_onay": SigningPurpose("consent", ("sign",), "document_sha256"),
    "e_imza": SigningPurpose("application", ("approve_e_imza",), "form_sha256"),
    "activation": SigningPurpose("certificate", ("activate",), "activation_sha256"),
    "pin": SigningPurpose("certificate", ("set_pin", "reset_pin"), "pin_sha256"),
}
"""What a code may be for, by the name that it keeps; the usual one of a workflow comes first."""

TABLES: dict[str, type[Application | Consent | Certificate]] = {
    "application": Application,
    "consent": Consent,
    "certificate": Certificate,
}


@dataclass(frozen=True, slots=True)
class SignedCase:
    """A case and what a signature of it is for (a name of `PURPOSES`)."""

    purpose: str
    case_id: int

    @property
    def table(self) -> type[Application | Consent | Certificate]:
        """The table of the case."""
        return TABLES[PURPOSES[self.purpose].workflow]

    @property
    def of_suspended(self) -> bool:
        """Whether the certificate of the signature is suspended as a matter of course."""
        return PURPOSES[self.purpose].workflow == "certificate"

    def document_in(self, database: Engine) -> str | None:
        """Return the SHA-256 of what the case offers to be signed; None while it offers nothing."""
        column = getattr(self.table, PURPOSES[self.purpose].document)
        statement = select(column).where(self.table.id == self.case_id)
        with database.connect() as connection:
            sha256: str | None = connection.execute(statement).scalar_one_or_none()
            return sha256


def purpose_of(workflow: str, trigger: str = "") -> str:
    """Return what the signature of a move is for; the usual purpose where no code carries it."""
    known = [name for name, purpose in PURPOSES.items() if purpose.workflow == workflow]
    return next((name for name in known if trigger in PURPOSES[name].triggers), known[0])


def offered(context: Context) -> str | None:
    """Return the name (SHA-256, hex) of the text that the move at hand signs; None without one."""
    purpose = purpose_of(context.definition.name, context.transition.name)
    return rows.optional_text(context.case, PURPOSES[purpose].document)


def move_of(purpose: str, definition: Definition, state: str, *, waits: bool = False) -> str:
    """Return the move that a signature makes in a state; where none starts there, the first.

    One that ``waits`` for a service is taken in to be checked, where its case knows how.
    """
    triggers = PURPOSES[purpose].triggers
    usual = purpose == purpose_of(definition.name)
    if waits and usual and definition.starts(AWAIT_STATUS, state):
        return AWAIT_STATUS
    return next((name for name in triggers if definition.starts(name, state)), triggers[0])
