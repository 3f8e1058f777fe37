"""What a scene is: one application of the demonstration, played over days, and its end.

A scene is written as a generator: it plays its first part, yields the day on which it wants to go
on, and so on. All scenes share one calendar, so that the worker meets them as it would in life.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.cards.seed import handed_over
from states.cases.application import Application
from web.demo.stage import OPERATOR
from workflow.model.clock import start_of_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from web.demo.stage import DemoOffice

    Play = Iterator[datetime]


@dataclass(slots=True)
class Scene:
    """One application of the demonstration and what must come of it.

    ``refusals`` are the codes that were expected and came, in order; ``others`` are cases whose
    refused attempts count with it (the consent it rests on).
    """

    name: str
    title: str
    method: str
    play: Callable[[Scene, DemoOffice], Play]
    ends: str
    must_refuse: tuple[str, ...] = ()
    case: int = 0
    refusals: list[str] = field(default_factory=list)
    others: list[int] = field(default_factory=list)


def held_to_the_day(scene: Scene, stage: DemoOffice) -> Play:
    """Stay held to the last second before production opens, then be released by itself."""
    opens = start_of_day(_opens_on(scene, stage))
    yield opens - timedelta(seconds=1)
    expect(stage, scene, "held")
    yield opens
    expect(stage, scene, "queued")
    yield from to_the_door(scene, stage)


def to_the_door(scene: Scene, stage: DemoOffice) -> Play:
    """Wait for production and courier, and record the delivery two days later."""
    yield stage.clock.now() + timedelta(minutes=11)
    expect(stage, scene, "couriered")
    yield stage.clock.now() + timedelta(days=2)
    stage.engine.fire(scene.case, "deliver", OPERATOR, handed_over(stage.clock.now()).payload())


def _opens_on(scene: Scene, stage: DemoOffice) -> date:
    query = select(Application.production_opens_on).where(Application.id == scene.case)
    with stage.engine.database.connect() as connection:
        opens_on = connection.execute(query).scalar_one()
    if opens_on is None:
        message = f"{scene.name}: no production day was computed"
        raise AssertionError(message)
    return opens_on


def expect(stage: DemoOffice, scene: Scene, state: str) -> None:
    """Raise AssertionError when a scene's application stands elsewhere than it must."""
    found = stage.state(scene.case)
    if found != state:
        message = f"{scene.name}: the application stands in {found}, expected {state}"
        raise AssertionError(message)
