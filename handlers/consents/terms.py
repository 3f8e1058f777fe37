"""The shipped wording of the e-onay and bringing it into force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from handlers.papers import letters
from states.cases.terms import Terms

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def version_of(consent: letters.Template, form: letters.Template) -> str:
    """Return the version of a consent: its own, and that of the form that it is given for.

    So a changed form is another version, and asks for new consent as a changed text does.
    """
    return f"{consent.version} ({form.version})"


CURRENT = version_of(letters.CONSENT, letters.APPLICATION_FORM)
"""The version that this program ships."""


def shipped_text() -> str:
    """Return the wording of the version that this program ships."""
    form = letters.APPLICATION_FORM
    covered = {
        "form_version": form.version,
        "commitment_version": f"{letters.COMMITMENT_CODE}/{form.revision}",
    }
    return letters.write(f"terms-{letters.CONSENT.revision}.txt", covered)


def publish_terms(connection: Connection, now: datetime) -> bool:
    """Bring the shipped version into force from now on; False when it already was published."""
    statement = insert(Terms).values(version=CURRENT, text=shipped_text(), valid_from=now)
    done = connection.execute(
        statement.on_conflict_do_nothing(index_elements=["version"]).returning(Terms.version)
    )
    return done.first() is not None


def current_version(connection: Connection) -> str | None:
    """Return the version in force: the newest one; None before the first is published."""
    newest = select(Terms.version).order_by(Terms.valid_from.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none()
