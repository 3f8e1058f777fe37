"""The pages of sign-ins and of reads: who, when, how, what for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, request, url_for

from handlers.kit.roles import AUDITOR
from web.audit import actors, logs, messages
from web.audit.blueprint import blueprint
from web.audit.entries import JournalCursor
from web.audit.filters import LONGEST, NAMES, AuditFilter
from web.gate.composition import composed
from web.gate.language import gettext
from web.gate.permissions import allow
from web.kit.people import names_of

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from workflow.journal.export import JournalFilter

PERSON, OUTCOME = "kimin", "sonuc"
"""The names of the further fields in the address."""


@blueprint.post("/oturumlar")
@allow(AUDITOR)
def filter_sign_ins() -> ResponseReturnValue:
    """Take a filter that was typed to its address, in which no name stands open."""
    return _to_address("audit.sign_ins", OUTCOME)


@blueprint.post("/erisimler")
@allow(AUDITOR)
def filter_reads() -> ResponseReturnValue:
    """Take a filter that was typed to its address, in which no name stands open."""
    return _to_address("audit.reads", PERSON)


def _to_address(endpoint: str, more: str) -> ResponseReturnValue:
    typed: dict[str, Any] = {more: request.form.get(more, "").strip()[:LONGEST]}
    typed |= AuditFilter.typed_in(request.form).address()
    return redirect(url_for(endpoint, **typed))


@blueprint.get("/oturumlar")
@allow(AUDITOR)
def sign_ins() -> ResponseReturnValue:
    """Show who signed in, was refused or left: when, how, in which role."""
    filters = AuditFilter.of(request.args)
    criteria, problems = _understood(filters)
    outcome = request.args.get(OUTCOME, "").strip()[:LONGEST]
    found = logs.LogPage([], None, 0)
    if not problems:
        found = logs.page(
            composed().database, logs.SIGN_INS, criteria, _after(), outcome=outcome or None
        )
    return _shown("audit/sign_ins.html", filters, problems, found, {OUTCOME: outcome})


@blueprint.get("/erisimler")
@allow(AUDITOR)
def reads() -> ResponseReturnValue:
    """Show who saw an unmasked number, opened a document or took the journal out, and why."""
    filters = AuditFilter.of(request.args)
    criteria, problems = _understood(filters)
    typed = request.args.get(PERSON, "").strip()[:LONGEST]
    person = logs.person_of(composed().database, typed) if typed else None
    if typed and person is None:
        problems[PERSON] = gettext(
            "person:12 gibi veya B000000123 gibi bir başvuru numarası yazınız."
        )
    found = logs.LogPage([], None, 0)
    if not problems:
        found = logs.page(composed().database, logs.READS, criteria, _after(), person_id=person)
    return _shown("audit/reads.html", filters, problems, found, {PERSON: typed})


def _understood(filters: AuditFilter) -> tuple[JournalFilter, dict[str, str]]:
    problems = filters.problems()
    key, problem = actors.key_of(composed().database, filters.actor)
    if problem:
        problems.setdefault(NAMES["actor"], problem)
    return filters.meant(key), problems


def _after() -> JournalCursor | None:
    return JournalCursor.read(request.args.get("sonra", ""))


def _shown(
    template: str,
    filters: AuditFilter,
    problems: dict[str, str],
    found: logs.LogPage,
    more: dict[str, str],
) -> ResponseReturnValue:
    keys = {row.actor for row in found.rows if row.actor}
    keys |= {f"person:{row.person_id}" for row in found.rows if getattr(row, "person_id", None)}
    shown = render_template(
        template,
        filters=filters,
        address=filters.address() | {name: text for name, text in more.items() if text},
        more=more,
        problems=problems,
        rows=found.rows,
        following=found.following,
        total=messages.counted(found.total),
        paged="sonra" in request.args,
        names=names_of(composed().database, keys),
        roles=next(iter(composed().library.current.values())).roles,
        messages=messages,
    )
    return shown, 422 if problems else 200
