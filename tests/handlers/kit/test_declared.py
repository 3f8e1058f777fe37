"""The proof that actions declare what they do.

That none does more is watched in every test that has a world (``tests/kit/handlers/watch.py``);
here it is shown that the watch sees, and that what is declared stands in the code too.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import FetchedValue

import handlers
from states.tables import METADATA
from workflow.model.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.kit.context import Context
    from tests.kit.handlers.world import World

from tests.kit.handlers.watch import watched

REGISTRY = handlers.registry()
DECLARED = [
    (name, verb, what)
    for name in REGISTRY
    for verb in ("writes", "fires")
    for what in getattr(REGISTRY[name], verb)
]


COMPUTED = {
    column.name
    for table in METADATA.tables.values()
    for column in table.columns
    if column.computed is not None or type(column.server_default) is FetchedValue
}
"""Columns that the database itself works out from others; no code names them."""


@dataclass
class Said:
    """What stands in a function: words, verbs called on something, functions of the room called."""

    words: set[str] = field(default_factory=set)
    verbs: set[str] = field(default_factory=set)
    calls: set[tuple[str, str]] = field(default_factory=set)


def named(tree: ast.Module) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Yield the functions and constants of a module with what stands in them."""
    for part in tree.body:
        match part:
            case ast.FunctionDef():
                yield part.name, part.body
            case ast.Assign(targets=[ast.Name(name)]):
                yield name, [part]


def said_in(module: str, tree: ast.Module) -> dict[tuple[str, str], Said]:
    """Read what stands in each function and each constant of a module."""
    imported = {
        alias.asname or alias.name: (node.module or "", alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    found: dict[tuple[str, str], Said] = {}
    for own, body in named(tree):
        said = found[module, own] = Said()
        for node in ast.walk(ast.Module(body=body, type_ignores=[])):
            match node:
                case ast.Constant(str(word)) | ast.keyword(arg=str(word)):
                    said.words.add(word)
                case ast.Attribute(ast.Name(owner), verb):
                    said.verbs.add(verb)
                    home, name = imported.get(owner, ("", ""))
                    said.calls.add((f"{home}.{name}", verb))
                case ast.Attribute(_, verb):
                    said.verbs.add(verb)
                case ast.Name(name):
                    said.calls.add(imported.get(name, (module, name)))
    return found


ROOM: dict[tuple[str, str], Said] = {}
for path in Path(handlers.__file__).parent.rglob("*.py"):
    parts = path.relative_to(Path(handlers.__file__).parent).with_suffix("").parts
    dotted = ".".join(("handlers", *(part for part in parts if part != "__init__")))
    ROOM |= said_in(dotted, ast.parse(path.read_text(encoding="utf-8")))


def reached(module: str, name: str) -> Said:
    """Gather what stands in a function and in those of the room that it uses, however far."""
    whole, border, seen = Said(), {(module, name)}, set[tuple[str, str]]()
    while border:
        said = ROOM[one := border.pop()]
        seen.add(one)
        whole.words |= said.words
        whole.verbs |= said.verbs
        border |= {call for call in said.calls if call in ROOM} - seen
    return whole


@pytest.mark.parametrize(("name", "verb", "what"), DECLARED)
def test_what_an_action_declares_stands_in_its_code(name: str, verb: str, what: str) -> None:
    function = REGISTRY[name].function
    said = reached(function.__module__, function.__name__)
    assert what.rpartition(".")[2] in said.words or what in COMPUTED
    verbs = {"fire", "open"} if verb == "fires" else {"update", "values"}
    assert verbs & said.verbs


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("window.plan", "window.plan writes 'production_opens_on': say so at its"),
        ("consent.draw_up", "consent.draw_up writes 'terms_version': say so at its"),
        ("code.replace_earlier", "code.replace_earlier fires 'code.replace': say so"),
    ],
)
def test_an_action_that_does_more_than_it_declares_is_seen(
    world: World, name: str, says: str
) -> None:
    silent = replace(REGISTRY[name], writes=(), fires=())
    others = [REGISTRY[one] for one in REGISTRY if one != name]
    world.engine.library.registry = watched(Registry([silent, *others]))
    me = world.person()
    held = world.card(me, date(2026, 8, 10))
    with pytest.raises(AssertionError, match=says):
        everything(world, me, held.certificate_id)


def everything(world: World, me: int, certificate_id: int) -> None:
    """Do what writes and fires most."""
    world.file(me, "renewal", certificate_id)
    consent = world.offer(me)
    world.claimed("consent", consent, me)
    world.claimed("consent", consent, me)


def test_the_watch_lets_a_handler_speak_to_the_office_as_ever(world: World) -> None:
    seen: list[str] = []

    def act(context: Context) -> None:
        seen.append(type(context.mover).__name__)
        context.update(old_ends_on=date(2026, 8, 10))
        context.wake(context.case_id)

    place = replace(REGISTRY["form.place"], function=act)
    others = [REGISTRY[one] for one in REGISTRY if one != "form.place"]
    world.engine.library.registry = watched(Registry([place, *others]))
    me = world.person()
    held = world.card(me, date(2026, 8, 10))
    world.file(me, "renewal", held.certificate_id)
    assert seen == ["_Watch"]
