"""``nes case``: one case at a time in the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web.gate.failure import CommandFailure
from web.kit.reading import find_case, timeline
from web.terminal.commands.shared import CaseNumber, actor_named, as_option, opened
from web.terminal.commands.terminal import JsonObject, json_option, say, say_json
from workflow.model.refusal import WorkflowError
from workflow.present.sentences import sentence

if TYPE_CHECKING:
    from web.gate.composition import Composition
    from web.kit.reading import CaseRecord
    from workflow.model.actor import Actor
    from workflow.model.definition import Definition

payload_option = click.option(
    "--payload", type=JsonObject(), default="{}", help="What is handed in, as a JSON object."
)
reason_option = click.option("--reason", help="Why, in words.")


@click.group()
def case() -> None:
    """Open, move and look at one case.

    \b
    Example:
      nes case explain B000000123 --as user:3
    """  # noqa: D301 - \b tells click to keep the lines


@case.command()
@click.argument("workflow")
@click.argument("trigger", required=False)
@click.option("--set", "pairs", multiple=True, metavar="COLUMN=VALUE", help="A value to open with.")
@payload_option
@reason_option
@as_option
@json_option
def new(  # noqa: PLR0913, PLR0917 - one argument for each option of the command
    workflow: str,
    trigger: str | None,
    pairs: tuple[str, ...],
    payload: dict[str, object],
    reason: str | None,
    actor_name: str,
    as_json: bool,  # noqa: FBT001 - click's signature
) -> None:  # fmt: skip
    """Open a case of WORKFLOW by TRIGGER (needed only when you may open one by several).

    \b
    Example:
      nes case new application --set kind=first --set person_id=12 --as person:12
    """  # noqa: D301 - the same
    with opened(keys=True) as composition:
        definition = composition.library.workflow(workflow)
        actor = actor_named(composition.database, actor_name)
        chosen = trigger or _only_opening(definition, actor)
        try:
            case_id = composition.engine.open(
                workflow, chosen, actor, _values(pairs), payload=payload, reason=reason
            )
        except WorkflowError as error:
            raise CommandFailure(sentence(definition, error.code, error.params, "en")) from None
        found = find_case(composition.database, composition.library, case_id)
        _report(case_id, found.version, found.state, as_json=as_json)


@case.command()
@click.argument("case_id", metavar="CASE", type=CaseNumber())
@click.argument("trigger")
@payload_option
@reason_option
@click.option("--seen-version", type=int, help="Refuse if the case has moved since this version.")
@as_option
@json_option
def fire(  # noqa: PLR0913, PLR0917 - one argument for each option of the command
    case_id: int,
    trigger: str,
    payload: dict[str, object],
    reason: str | None,
    seen_version: int | None,
    actor_name: str,
    as_json: bool,  # noqa: FBT001 - click's signature
) -> None:  # fmt: skip
    """Move CASE by TRIGGER.

    \b
    Example:
      nes case fire B000000123 reject --reason "name differs" --as user:3
    """  # noqa: D301 - the same
    with opened(keys=True) as composition:
        actor = actor_named(composition.database, actor_name)
        try:
            moved = composition.engine.fire(case_id, trigger, actor, payload, seen_version, reason)
        except WorkflowError as error:
            raise CommandFailure(_told(composition, case_id, error)) from None
        _report(case_id, moved.version, moved.state, as_json=as_json)


@case.command()
@click.argument("case_id", metavar="CASE", type=CaseNumber())
@json_option
def show(case_id: int, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Show where CASE stands and every move it made.

    \b
    Example:
      nes case show B000000123 --json
    """  # noqa: D301 - the same
    with opened() as composition:
        found = find_case(composition.database, composition.library, case_id)
        entries = timeline(composition.database, case_id)
    if as_json:
        moves = [entry.body for entry in entries]
        say_json({"case": found.id, "workflow": found.workflow, "state": found.state,
                  "version": found.version, "moves": moves})  # fmt: skip
        return
    say(f"{found.reference}  {found.workflow}  {found.state}  version {found.version}")
    for entry in entries:
        say(f"{entry.n:>4}  {entry.at:%Y-%m-%d %H:%M:%S}  {entry.trigger:<20} "
            f"{entry.source} -> {entry.target}  {entry.actor}")  # fmt: skip


@case.command()
@click.option("--all", "every", is_flag=True, help="Also what failed only once or twice so far.")
@json_option
def retried(every: bool, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """List what the queue has tried again and again; ends with 1 when there is any.

    \b
    Example:
      nes case retried --all --json
    """  # noqa: D301 - the same
    from handlers.upkeep import figures  # noqa: PLC0415 - loaded only where it is used

    tries = 1 if every else figures.TRIES
    with opened() as composition:
        rows = figures.retried(composition.database, tries)
    if as_json:
        say_json([{**row, **_moments(row)} for row in rows])
    for row in () if as_json else rows:
        say(_retried(row))
    if rows:
        raise CommandFailure(
            f"{rows[0]['all']} effects do not come to their end. The log of the worker says why."
        )
    if not as_json:
        say(f"No effect was tried {tries} times or more." if tries > 1 else "No effect waits.")


def _moments(row: dict[str, Any]) -> dict[str, str | None]:
    return {name: row[name] and row[name].isoformat() for name in ("since", "again")}


def _retried(row: dict[str, Any]) -> str:
    """Return the line of an effect: how often it was tried, and where it is known why."""
    from handlers.upkeep.service_outages import service  # noqa: PLC0415 - the same

    line = f"{row['attempts']:>6} tries  {row['key']}"
    if row["code"] is None:
        return line
    waits = f"waits for {service(row['party'], row['code'])}: {row['code']}"
    return f"{line}  {waits}, since {row['since']:%Y-%m-%d %H:%M:%S}, again {row['again']:%H:%M:%S}"


@case.command()
@click.argument("case_id", metavar="CASE", type=CaseNumber())
@as_option
@json_option
def explain(case_id: int, actor_name: str, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """List every move from where CASE stands: allowed, or why not; then what its person is told.

    \b
    Example:
      nes case explain B000000123 --as user:3
    """  # noqa: D301 - the same
    with opened() as composition:
        found = find_case(composition.database, composition.library, case_id)
        actor = actor_named(composition.database, actor_name)
        rows = [
            {
                "trigger": move.transition.name,
                "to": move.transition.target,
                "allowed": move.allowed,
                "code": move.refusal.code if move.refusal else None,
                "reason": _why(found.definition, move.refusal),
            }
            for move in composition.engine.explain(case_id, actor)
        ]
        lines = [] if as_json else _route(composition, found)
    if as_json:
        say_json(rows)
        return
    for row in rows:
        mark = "yes" if row["allowed"] else "no "
        say(f"{mark}  {row['trigger']:<22} -> {row['to']:<22} {row['reason'] or ''}".rstrip())
    for line in lines:
        say(line)


def _route(composition: Composition, found: CaseRecord) -> list[str]:
    """Return what the person of a case is told today, and by which ways; of other cases nothing."""
    from handlers.ways.asked import ROUTED, route_of, routing_day  # noqa: PLC0415 - the same
    from handlers.ways.words import told, told_refusal, told_way  # noqa: PLC0415 - the same

    if found.workflow not in ROUTED:
        return []
    day = routing_day(composition.engine)
    route = route_of(composition.engine, found.subject, day)
    if route is None:
        return []
    card = told(route.card, "en")
    said = (card.what, card.when, card.how, card.expected, card.otherwise)
    ways = [f"yes  {way.kind} by {way.method}: {told_way(way, 'en')}" for way in route.open]
    closed = [
        f"no   {way.kind} by {way.method}: {told_refusal(day.definition, way.verdict, 'en')}"
        for way in route.closed
    ]
    return ["", "The person is told today:", *filter(None, said), *ways, *closed]


@case.command()
@click.argument("case_id", metavar="CASE", type=CaseNumber())
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The ZIP file to write.",
)
@click.option("--as", "actor_name", default="system", metavar="KEY", help="Who takes it out.")
@click.option("--purpose", default="ispat", help="What for; it is kept with the reading.")
@json_option
def evidence(
    case_id: int,
    output: Path,
    actor_name: str,
    purpose: str,
    as_json: bool,  # noqa: FBT001 - click's signature
) -> None:  # fmt: skip
    """Write all that proves CASE into a file that openssl and sha256sum can check offline.

    \b
    Example:
      nes case evidence B000000123 -o B000000123.zip --purpose "court, file 2026/17"
    """  # noqa: D301 - the same
    from handlers.desk.evidence import export  # noqa: PLC0415 - the other commands of cases need no letters

    if not output.parent.is_dir():
        raise CommandFailure(f"{output.parent} is no folder; make it, or name another file.")
    with opened() as composition:
        made = export(
            composition.engine, actor_named(composition.database, actor_name), case_id, purpose
        )
    draft = output.with_name(f"{output.name}.part")
    draft.write_bytes(made.zip)
    draft.replace(output)
    if as_json:
        say_json({"file": str(output), "case": made.reference, "cases": made.cases,
                  "signatures": made.signatures, "entries": made.entries})  # fmt: skip
        return
    say(f"Written to {output}: {made.signatures} signatures, {made.entries} journal entries. "
        "BENIOKU.txt in it says how to check it.")  # fmt: skip


def _why(definition: Definition, refusal: WorkflowError | None) -> str | None:
    return sentence(definition, refusal.code, refusal.params, "en") if refusal else None


def _told(composition: Composition, case_id: int, error: WorkflowError) -> str:
    """Say a refusal in the words of the case's own definition, where there is such a case."""
    try:
        definition = find_case(composition.database, composition.library, case_id).definition
    except WorkflowError:
        return sentence(None, error.code, error.params, "en")
    return sentence(definition, error.code, error.params, "en")


def _only_opening(definition: Definition, actor: Actor) -> str:
    """Return the one move by which this actor opens a case; Failure where there are several."""
    names = [move.name for move in definition.initial]
    own = [move.name for move in definition.initial if actor.roles.intersection(move.by)]
    if len(own) == 1:
        return own[0]
    if len(names) != 1:
        raise CommandFailure(
            f"{definition.name} is opened by one of {', '.join(names)}: name which."
        )
    return names[0]


def _values(pairs: tuple[str, ...]) -> dict[str, object]:
    """Read COLUMN=VALUE; a value that is JSON is taken as that, any other as text."""
    values: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise CommandFailure(f"{pair!r} is not COLUMN=VALUE.")
        try:
            values[name] = json.loads(value)
        except json.JSONDecodeError:
            values[name] = value
    return values


def _report(case_id: int, version: int, state: str, *, as_json: bool) -> None:
    if as_json:
        say_json({"case": case_id, "version": version, "state": state})
    else:
        say(f"case {case_id} stands at {state}, version {version}")
