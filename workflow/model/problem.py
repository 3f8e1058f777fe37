"""What a faulty workflow file is told: each mistake with its place, all of them together."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class FilePlace:
    """Where something stands in the file; line and column count from 1."""

    line: int
    column: int


START = FilePlace(1, 1)
"""Where a mistake is placed that belongs to the file as a whole."""


@dataclass(frozen=True, slots=True, order=True)
class FileProblem:
    """One mistake; prints as ``FILE:LINE:COLUMN: message``."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class WorkflowFileError(Exception):
    """A workflow file that is refused; ``problems`` in the order of the file, one line each."""

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        """Keep the mistakes, sorted by place, each once."""
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(slots=True)
class Report:
    """Collects the mistakes of one file while it is read."""

    file: str
    problems: list[FileProblem] = field(default_factory=list)

    def add(self, place: FilePlace, message: str) -> None:
        """Note a mistake at a place."""
        self.problems.append(FileProblem(self.file, place.line, place.column, message))

    def unknown(self, place: FilePlace, what: str, name: str, valid: Iterable[str]) -> None:
        """Note that there is no such name, with the nearest one that there is."""
        self.add(place, f"there is no {what} '{name}'{nearest(name, valid)}")

    def finish(self) -> None:
        """Raise WorkflowFileError when anything was noted."""
        if self.problems:
            raise WorkflowFileError(self.problems)


def nearest(name: str, valid: Iterable[str]) -> str:
    """Return '; did you mean …?' or, when nothing is near, what there is to choose from."""
    names = sorted(set(valid))
    near = difflib.get_close_matches(name, names, 1, 0.6)
    if near:
        return f"; did you mean '{near[0]}'?"
    return f"; there is {', '.join(names)}" if names else "; there is none at all"
