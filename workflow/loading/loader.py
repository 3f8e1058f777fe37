"""The way from the workflow file to definitions: read, checked, proved, or refused whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from workflow.loading.document import document_of
from workflow.loading.grammar import FILE
from workflow.loading.promises import promises_of
from workflow.loading.prover import Prover
from workflow.loading.publish import canonical_of, from_canonical
from workflow.loading.references import References
from workflow.loading.soundness import Soundness, states_known
from workflow.loading.vocabulary import vocabulary
from workflow.model.problem import START, FileProblem, Report, WorkflowFileError, nearest
from workflow.model.source import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.model.definition import Definition
    from workflow.model.registry import Registry
    from workflow.model.shape import FileRecord

__all__ = ["FileProblem", "WorkflowFileError", "load", "resolve"]


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
        report.add(START, f"the file cannot be read: {error.strerror}")
        return None


def _definitions(file: FileRecord, registry: Registry, report: Report) -> dict[str, Definition]:
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
            definition = from_canonical(canonical_of(document))
            definitions[name] = _proved(definition, workflow, registry, report)
    _one_table_each(file, report)
    for handler in sorted(set(registry) - named):
        report.add(START, f"no transition names the handler '{handler}': remove it or name it")
    return definitions


def _one_table_each(file: FileRecord, report: Report) -> None:
    owners: dict[str, str] = {}
    for name, workflow in file.record("workflows").records().items():
        table = workflow.word("table")
        if table in owners:
            message = f"the table '{table}' belongs to the workflow '{owners[table]}'"
            report.add(workflow.at("table"), message)
        elif table:
            owners[table] = name


def _proved(
    definition: Definition, workflow: FileRecord, registry: Registry, report: Report
) -> Definition:
    """Return a definition with its promises; note those that are broken."""
    promises = promises_of(workflow)
    whole = replace(definition, promises=tuple(promise for _, promise in promises))
    prover = Prover(whole, registry)
    for place, promise in promises:
        for sentence in prover.refute(promise):
            report.add(place, f"promise broken: {sentence}")
    return whole
