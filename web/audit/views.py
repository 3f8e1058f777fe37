"""The journal's page and its export; both only read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args

from flask import abort, redirect, render_template, request, url_for

from handlers.kit.reads import record_read
from handlers.kit.roles import AUDITOR
from web.audit import actors, entries, export_file, messages
from web.audit.blueprint import blueprint
from web.audit.filters import NAMES, AuditFilter
from web.audit.integrity import broken_cases
from web.gate.composition import composed
from web.gate.language import language, spoken
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.people import names_of
from workflow.journal import browse
from workflow.journal.export import Format, take_out
from workflow.model.refusal import DefinitionMissing
from workflow.present.sentences import sentence
from workflow.running import journal_verification

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.audit.entries import JournalRow
    from workflow.journal.export import JournalFilter
    from workflow.model.definition import Definition

FORMATS: dict[str, Format] = {fmt: fmt for fmt in get_args(Format)}


@blueprint.post("/gunluk")
@allow(AUDITOR)
def filter_journal() -> ResponseReturnValue:
    """Take a filter that was typed to its address, in which no name stands open."""
    typed: dict[str, Any] = {**AuditFilter.typed_in(request.form).address()}
    return redirect(url_for("audit.journal", **typed))


@blueprint.get("/gunluk")
@allow(AUDITOR)
def journal() -> ResponseReturnValue:
    """Show the journal, newest first, filtered by the address."""
    filters = AuditFilter.of(request.args)
    criteria, problems = _understood(filters)
    lines, following, total = _lines(filters, criteria) if criteria else ([], None, 0)
    last = journal_verification.last_proof(composed().database)
    page = render_template(
        "audit/journal.html",
        filters=filters,
        problems=problems,
        rows=lines,
        address=filters.address(),
        total=messages.counted(total),
        following=following,
        paged="sonra" in request.args,
        names=names_of(composed().database, [line.actor for line in lines]),
        definitions=_definitions(lines),
        why=why,
        triggers=_triggers(),
        workflows=composed().library.current,
        last=last,
        broken=broken_cases(last),
        messages=messages,
    )
    return page, 422 if problems else 200


def _understood(filters: AuditFilter) -> tuple[JournalFilter | None, dict[str, str]]:
    """Return what the filter asks for, or why it cannot be read."""
    problems = filters.problems()
    key, problem = actors.key_of(composed().database, filters.actor)
    if problem:
        problems.setdefault(NAMES["actor"], problem)
    return (None if problems else filters.meant(key)), problems


def _lines(
    filters: AuditFilter, criteria: JournalFilter
) -> tuple[list[JournalRow], entries.JournalCursor | None, int]:
    database = composed().database
    after = entries.JournalCursor.read(request.args.get("sonra", ""))
    read = entries.refusals if filters.refused else entries.moves
    lines, following = read(database, criteria, after)
    return lines, following, browse.counted(database, criteria, refused=filters.refused)


def _triggers() -> dict[str, str]:
    """Return the transitions of all workflows with their titles, each name once."""
    found: dict[str, str] = {}
    for definition in composed().library.current.values():
        for move in definition.transitions.values():
            found.setdefault(move.name, spoken(move.title))
    return found


def _definitions(lines: list[JournalRow]) -> dict[tuple[str, str | None], Definition | None]:
    """Return the definitions that a page speaks of, each looked for once."""
    one_each = {(line.workflow, line.definition): line for line in lines}
    return {key: definition_of(line) for key, line in one_each.items()}


def definition_of(line: JournalRow) -> Definition | None:
    """Return the definition a line speaks of, the current one for a refused attempt."""
    library = composed().library
    try:
        if line.definition:
            return library.published(line.definition)
    except DefinitionMissing:
        pass
    return library.current.get(line.workflow)


def why(line: JournalRow) -> str:
    """Say in Turkish why an attempt was refused."""
    return sentence(
        definition_of(line), line.code, {"rule": line.code, **(line.params or {})}, language()
    )


@blueprint.get("/gunluk/aktar")
@allow(AUDITOR)
def export() -> ResponseReturnValue:
    """Hand out exactly what the filter shows, as CSV, JSON Lines or XES."""
    fmt = FORMATS.get(request.args.get("bicim", ""))
    filters = AuditFilter.of(request.args)
    criteria, _ = _understood(filters)
    if fmt is None or criteria is None or (filters.refused and fmt == "xes"):
        abort(400)
    composition, actor = composed(), current().actor
    taken = take_out(composition.database, criteria, fmt, refused=filters.refused)
    now = composition.clock.now()
    try:
        # Kept before the first line leaves: an export that cannot be kept does not happen.
        purpose = json.dumps(filters.said(), ensure_ascii=False, sort_keys=True)
        record_read(
            composition.engine, actor, f"journal:{taken.entries}:{taken.last_hash}", purpose
        )
    except BaseException:
        taken.close()
        raise
    head = export_file.head_of(taken, filters, now, actor.name)
    return export_file.answer(taken, head, f"gunluk-{now:%Y%m%d-%H%M%S}")
