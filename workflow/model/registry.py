"""The tie between a name in the YAML and the handler function it calls."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Literal, TypeVar, overload

from workflow.model.context import Context, EffectContext, EffectOutcome
from workflow.model.verdict import Verdict

Services = TypeVar("Services")
CheckFunction = Callable[[Context[Services]], Verdict]
ActionFunction = Callable[[Context[Services]], None]
EffectFunction = Callable[[EffectContext[Services]], EffectOutcome | None]
Sort = Literal["check", "do", "effects"]

_MARK = "__nes_handler__"

Marked = TypeVar("Marked", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Handler:
    """A function the YAML may name, the part of a transition it serves, and what it declares.

    ``outcomes`` are the transitions an effect may end in, ``when_refused`` those of them that are
    fired when its own outcome is refused for good, best first; the first that the definition of
    the case knows. An action ``writes`` facts of its case and ``fires`` moves of other cases
    (``workflow.transition``); promises rest on both.
    """

    name: str
    sort: Sort
    function: Callable[..., object]
    outcomes: tuple[str, ...] = ()
    when_refused: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    fires: tuple[str, ...] = ()


def check(function: CheckFunction[Services]) -> CheckFunction[Services]:
    """Mark a function that reads only and answers allow, deny or error."""
    return _marked_as(function, sort="check")


@overload
def action(function: ActionFunction[Services]) -> ActionFunction[Services]: ...


@overload
def action(
    *, writes: tuple[str, ...] = (), fires: tuple[str, ...] = ()
) -> Callable[[ActionFunction[Services]], ActionFunction[Services]]: ...


def action(
    function: ActionFunction[Services] | None = None,
    *,
    writes: tuple[str, ...] = (),
    fires: tuple[str, ...] = (),
) -> ActionFunction[Services] | Callable[[ActionFunction[Services]], ActionFunction[Services]]:
    """Mark a function that writes within the transaction of the move.

    ``writes`` are the facts of its case that it may change, ``fires`` the moves of other cases
    (``workflow.transition``) that it may make.
    """

    def mark(function: ActionFunction[Services]) -> ActionFunction[Services]:
        return _marked_as(function, sort="do", writes=writes, fires=fires)

    return mark if function is None else mark(function)


def effect(
    *outcomes: str, when_refused: tuple[str, ...] = ()
) -> Callable[[EffectFunction[Services]], EffectFunction[Services]]:
    """Mark a function that leaves the office after the commit; ``outcomes`` are its transitions.

    An effect with outcomes runs only while the case still stands where the effect was queued, so
    it says where the case goes ``when_refused``: else the queue would try for ever what no
    repetition can mend. These transitions are outcomes too.
    """
    every = tuple(dict.fromkeys((*outcomes, *when_refused)))

    def mark(function: EffectFunction[Services]) -> EffectFunction[Services]:
        return _marked_as(function, sort="effects", outcomes=every, when_refused=when_refused)

    return mark


def _marked_as(function: Marked, **declared: object) -> Marked:
    setattr(function, _MARK, declared)
    return function


class Registry:
    """All handlers by name (``module.function``); resolves what a definition asks for."""

    def __init__(self, handlers: Iterable[Handler] = ()) -> None:
        """Hold the handlers; two of one name are a programming error."""
        self._handlers: dict[str, Handler] = {}
        for handler in handlers:
            if handler.name in self._handlers:
                message = f"two handlers are named {handler.name}"
                raise ValueError(message)
            self._handlers[handler.name] = handler

    @classmethod
    def of_modules(cls, modules: Iterable[ModuleType]) -> Registry:
        """Collect the marked functions of modules, named by the module's last part."""
        return cls(handler for module in modules for handler in _marked(module))

    def __getitem__(self, name: str) -> Handler:
        """Return a handler; KeyError when there is none of that name."""
        return self._handlers[name]

    def __contains__(self, name: object) -> bool:
        """Say whether there is a handler of that name."""
        return name in self._handlers

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self._handlers)


def outline(module: str) -> ModuleType:
    """Return a module that has only the marked functions of the named one, without importing it.

    They are read from its source; each imports what it stands for when it is called.
    """
    made = ModuleType(module)
    for node in ast.parse(_source(module)).body:
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                mark = _mark(decorator)
                if mark is not None:
                    setattr(made, node.name, mark(_stand_in(module, node.name)))
    return made


def _source(module: str) -> str:
    spec = find_spec(module)
    source = spec.loader.get_source(module)  # type: ignore[union-attr]  # a module of Python code
    return source or ""


def _mark(decorator: ast.expr) -> Callable[[Callable[[Any], Any]], Callable[..., object]] | None:
    """Return the mark that a decorator puts on its function; None when it is another one."""
    match decorator:
        case ast.Name("check"):
            return check
        case ast.Name("action"):
            return action
        case ast.Call(ast.Name("action"), [], more):
            return action(**_options(more))
        case ast.Call(ast.Name("effect"), names, more):
            return effect(*(ast.literal_eval(name) for name in names), **_options(more))
    return None


def _options(keywords: Iterable[ast.keyword]) -> dict[str, Any]:
    return {str(one.arg): ast.literal_eval(one.value) for one in keywords}


def _stand_in(module: str, name: str) -> Callable[[Any], Any]:
    def call(context: object) -> object:
        return getattr(import_module(module), name)(context)

    call.__module__ = module
    return call


def _marked(module: ModuleType) -> Iterator[Handler]:
    prefix = module.__name__.rpartition(".")[2]
    for name, function in vars(module).items():
        mark = getattr(function, _MARK, None)
        if mark is not None and function.__module__ == module.__name__:
            yield Handler(name=f"{prefix}.{name}", function=function, **mark)
