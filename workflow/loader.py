"""Owns the way from the workflow file to definitions: read, checked, proved, or refused whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workflow.document import document_of
from workflow.grammar import FILE
from workflow.problem import START, Problem, Report, WorkflowFileError, nearest
from workflow.prover import Promise, dead_ends, refute
from workflow.publish import canonical_of, from_canonical
from workflow.references import References
from workflow.shape import Record, Token
from workflow.soundness import Soundness, states_known
from workflow.source import read
from workflow.value import value_of
from workflow.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.definition import Definition
    from workflow.registry import Registry

__all__ = ["Problem", "WorkflowFileError", "load", "resolve"]


def load(
    path_or_text: Path | str, registry: Registry, name: str = "workflows.yaml"
) -> Mapping[str, Definition]:
    """Return the definitions of a file by name, or raise WorkflowFileError with every mistake.

    A Path is read; a str is the text itself, called ``name`` in the mistakes. Every handler of
    the registry must be named by the file, and every handler the file names must be in it.
    """
    report = Report(str(path_or_text) if isinstance(path_or_text, Path) else name)
    data = _bytes(path_or_text, report) if isinstance(path_or_text, Path) else path_or_text
    element = None if data is None else read(data, report)
    file = None if element is None else FILE.read(element, report)
    if file is None:
        raise WorkflowFileError(report.problems)
    definitions = _definitions(file, registry, report)
    report.finish()
    return definitions


def resolve(definition: Definition, registry: Registry) -> list[str]:
    """Return a sentence for each handler that a definition needs and the registry lacks."""
    problems: dict[str, None] = {}
    for move in definition.transitions.values():
        for sort in ("check", "do", "effects"):
            for handler in getattr(move, sort):
                if handler not in registry:
                    problems[f"there is no handler '{handler}'{nearest(handler, registry)}"] = None
                elif registry[handler].sort != sort:
                    problems[f"the handler '{handler}' is not one for '{sort}'"] = None
    return list(problems)


def _bytes(path: Path, report: Report) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError as error:
        report.add(START, f"the file can not be read: {error.strerror}")
        return None


def _definitions(file: Record, registry: Registry, report: Report) -> dict[str, Definition]:
    shared = vocabulary(file, report)
    whole = not report.problems
    definitions: dict[str, Definition] = {}
    named: set[str] = set()
    for name, workflow in file.record("workflows").records().items():
        before = len(report.problems)
        references = References(workflow, file, shared, registry, report)
        checked = references.check()
        named |= references.handlers
        if states_known(workflow):
            Soundness(workflow, shared, checked, report).check()
        if whole and len(report.problems) == before:
            document = document_of(name, workflow, shared, checked)
            definitions[name] = from_canonical(canonical_of(document))
            _prove(definitions[name], workflow, report)
    _one_table_each(file, report)
    for handler in sorted(set(registry) - named):
        report.add(START, f"no transition names the handler '{handler}': remove it or name it")
    return definitions


def _one_table_each(file: Record, report: Report) -> None:
    owners: dict[str, str] = {}
    for name, workflow in file.record("workflows").records().items():
        table = workflow.word("table")
        if table in owners:
            message = f"the table '{table}' belongs to the workflow '{owners[table]}'"
            report.add(workflow.at("table"), message)
        elif table:
            owners[table] = name


def _prove(definition: Definition, workflow: Record, report: Report) -> None:
    for item in workflow.series("promises"):
        if isinstance(item, Token):
            for state, sentence in dead_ends(definition).items():
                report.add(item.place, f"promise broken for '{state}': {sentence}")
        if isinstance(item, Record) and (sentence := refute(definition, _promise(item))):
            report.add(item.place, f"promise broken: {sentence}")


def _promise(item: Record) -> Promise:
    when = item.record("when")
    return Promise(
        to=item.word("to"),
        passes_one_of=item.words("passes_one_of"),
        passes_rule=item.word("passes_rule"),
        never_after=item.words("never_after"),
        when={name: value_of(token) for name in when.values if (token := when.token(name))},
    )
