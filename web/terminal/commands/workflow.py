"""``nes workflow``: the processes themselves, proved, shown, drawn and published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from handlers import WORKFLOWS, declared
from web.gate.failure import CommandFailure
from web.terminal.commands.terminal import json_option, say, say_json
from workflow.loading.grammar import json_schema
from workflow.loading.loader import load
from workflow.model.problem import WorkflowFileError
from workflow.present.diagram import diagram as draw
from workflow.present.diagram import mermaid
from workflow.present.outline import outline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.model.definition import Definition

file_option = click.option(
    "--file", "path", type=click.Path(path_type=Path), default=WORKFLOWS, help="Another file."
)


@click.group()
def workflow() -> None:
    """Prove, show, draw and publish the processes of workflows.yaml.

    \b
    Example:
      nes workflow check
    """  # noqa: D301 - \b tells click to keep the lines


@workflow.command()
@click.argument("path", type=click.Path(path_type=Path), default=WORKFLOWS)
@json_option
def check(path: Path, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Read and prove the file at PATH; each mistake is named with its line and column.

    \b
    Example:
      nes workflow check workflows.yaml
    """  # noqa: D301 - the same
    try:
        found = load(path, declared())
    except WorkflowFileError as error:
        _show_mistakes(error, as_json=as_json)
        raise CommandFailure(
            f"{path} has {len(error.problems)} mistake(s); the lines above say where."
        ) from None
    if as_json:
        say_json({"ok": True, "workflows": {name: one.sha256 for name, one in found.items()}})
        return
    for name, one in found.items():
        say(f"{name}: {len(one.states)} states, {len(one.transitions)} transitions, {one.sha256}")


def _show_mistakes(error: WorkflowFileError, *, as_json: bool) -> None:
    if as_json:
        say_json(
            {
                "ok": False,
                "problems": [
                    {"line": one.line, "column": one.column, "text": one.message}
                    for one in error.problems
                ],
            }
        )
        return
    for problem in error.problems:
        click.echo(str(problem), err=True)


def _named(name: str, known: Mapping[str, Definition]) -> Definition:
    if name not in known:
        raise CommandFailure(f"There is no workflow {name!r}; there are {', '.join(known)}.")
    return known[name]


@workflow.command()
@click.argument("name", default="application")
@click.option("--language", type=click.Choice(["tr", "en"]), default="tr")
@json_option
def show(name: str, language: str, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Tell the states, transitions and promises of the workflow NAME in words.

    \b
    Example:
      nes workflow show application
    """  # noqa: D301 - the same
    found = _named(name, load(WORKFLOWS, declared()))
    if as_json:
        click.echo(found.canonical)
        return
    say(outline(found, language).rstrip("\n"))


@workflow.command()
@click.argument("name", default="application")
@click.option("--format", "fmt", type=click.Choice(["svg", "mermaid"]), default="svg")
@click.option("--language", type=click.Choice(["tr", "en"]), default="tr")
def diagram(name: str, fmt: str, language: str) -> None:
    """Draw the workflow NAME as an SVG or a Mermaid diagram.

    \b
    Example:
      nes workflow diagram application > application.svg
    """  # noqa: D301 - the same
    found = _named(name, load(WORKFLOWS, declared()))
    drawn = draw(found, language=language) if fmt == "svg" else mermaid(found, language)
    click.echo(drawn.rstrip("\n"))


@workflow.command()
def schema() -> None:
    """Print the JSON Schema of workflows.yaml, by which an editor completes and checks it.

    \b
    Example:
      nes workflow schema > var/workflows.schema.json
    """  # noqa: D301 - the same
    say_json(json_schema())


@workflow.command()
@file_option
@json_option
def publish(path: Path, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Store the definitions of the file, so that new cases are pinned to them.

    \b
    Example:
      nes workflow publish
    """  # noqa: D301 - the same
    try:
        found = load(path, declared())
    except WorkflowFileError as error:
        _show_mistakes(error, as_json=as_json)
        raise CommandFailure(f"{path} is not published: it has mistakes.") from None
    # All other commands of the group do without a database.
    from web.terminal.commands.shared import opened  # noqa: PLC0415 - see above
    from workflow.engine.library import publish as store  # noqa: PLC0415 - see above

    with opened() as composition:
        new = store(composition.database, found, composition.clock.now())
    if as_json:
        say_json({"published": new})
    else:
        say(f"{len(new)} new definition(s) published, {len(found) - len(new)} known already.")
