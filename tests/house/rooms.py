"""The drawings of the rooms in docs/architecture.md, made from the imports: ``make rooms``.

An arrow is an import at run time; what follows from other arrows is left out, so that the
drawings stay as they are while imports come and go inside the layers.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict

import grimp

from tests.house.tree import PRODUCT, ROOT

PAGE = ROOT / "docs" / "architecture.md"
MARKS = ("<!-- rooms: made by `make rooms` -->", "<!-- end of rooms -->")

Arrows = dict[str, set[str]]


def imports() -> set[tuple[str, str]]:
    """Return which module of the product imports which when it runs."""
    graph = grimp.build_graph(*PRODUCT, exclude_type_checking_imports=True, cache_dir=None)
    return {
        (module, other)
        for module in graph.modules
        for other in graph.find_modules_directly_imported_by(module)
    }


def folder_of(module: str) -> str:
    """Return the folder that a module stands in; a package is its own."""
    return module if ROOT.joinpath(*module.split(".")).is_dir() else module.rpartition(".")[0]


def folder_imports() -> Arrows:
    """Return which folders each folder needs when it runs, those above and below it left out."""
    found = defaultdict(set)
    for module, other in imports():
        here, there = folder_of(module), folder_of(other)
        if not f"{here}.".startswith(f"{there}.") and not f"{there}.".startswith(f"{here}."):
            found[here].add(there)
    return found


def arrows(depth: int, room: str = "") -> Arrows:
    """Return the arrows between rooms (depth 1) or between what stands in a room (depth 2)."""
    found: Arrows = defaultdict(set)
    for pair in imports():
        ends = [".".join(module.split(".")[:depth]) for module in pair]
        inside = all(f"{end}.".startswith(f"{room}.") and end != room for end in ends)
        if ends[0] != ends[1] and (inside or not room):
            found[ends[0]].add(ends[1])
            found.setdefault(ends[1], set())
    return found


def reached(start: str, steps: Arrows) -> set[str]:
    """Return everything that is reached from a start in one step or more."""
    found: set[str] = set()
    waiting = set(steps.get(start, ()))
    while waiting:
        found |= waiting
        waiting = {far for near in waiting for far in steps.get(near, ())} - found
    return found


def reduced(steps: Arrows) -> Arrows:
    """Return the arrows without those that a longer way says too."""
    return {
        start: {end for end in ends if not any(end in reached(by, steps) for by in ends - {end})}
        for start, ends in steps.items()
    }


def drawn(steps: Arrows, room: str = "") -> str:
    """Return arrows as Mermaid text."""
    rows = [
        f'  {node.replace(".", "_")}["{node.removeprefix(room + ".").replace(".", "/")}"]'
        for node in sorted(steps)
    ]
    rows += [
        f"  {start.replace('.', '_')} --> {end.replace('.', '_')}"
        for start, ends in sorted(reduced(steps).items())
        for end in sorted(ends)
    ]
    return "\n".join(["```mermaid", "flowchart TD", *rows, "```"])


def all_drawn() -> str:
    """Return the drawings: the rooms, then what stands in each."""
    parts = [drawn(arrows(1))]
    for room in PRODUCT:
        if inner := arrows(2, room):
            parts += [f"### Inside `{room}/`", drawn(inner, room)]
    return "\n\n".join(parts)


def placed(page: str) -> str:
    """Return the page with the drawings of today between their marks."""
    between = re.compile(f"(?s)(?<={re.escape(MARKS[0])}\n).*?(?={re.escape(MARKS[1])})")
    return between.sub(lambda _: f"\n{all_drawn()}\n\n", page)


def main() -> None:
    """Write the drawings into the page."""
    page = PAGE.read_text(encoding="utf-8")
    if MARKS[0] not in page or MARKS[1] not in page:
        sys.exit(f"{PAGE} has lost the marks between which the drawings stand")
    PAGE.write_text(placed(page), encoding="utf-8")


if __name__ == "__main__":
    main()
