"""Playing the scenes on one calendar and reading what came of them."""

from __future__ import annotations

import heapq
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from states.cases.application import Application
from states.cases.certificate import Certificate
from states.logs.journal import JournalEntry, RefusedAttempt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from web.demo.scenes.scene import Scene
    from web.demo.stage import DemoOffice


@dataclass(frozen=True, slots=True)
class SceneOutcome:
    """What came of one scene, as the table shows it."""

    name: str
    title: str
    reference: str
    method: str
    way: tuple[str, ...]
    days_held: int
    refused: int
    certificate_serial: str | None
    tracking_number: str | None

    def as_json(self) -> dict[str, object]:
        """Return the row for machines."""
        return asdict(self)


def perform(
    stage: DemoOffice, scenes: Sequence[Scene], tell: Callable[[str], None]
) -> list[SceneOutcome]:
    """Play all scenes; AssertionError when one ends otherwise than it must."""
    order = count()
    agenda: list[tuple[datetime, int, Scene, object]] = []

    def go_on(scene: Scene, play: object) -> None:
        moment = next(play, None)  # type: ignore[call-overload]  # an iterator of moments
        if moment is not None:
            heapq.heappush(agenda, (moment, next(order), scene, play))

    for scene in scenes:
        tell(scene.title)
        go_on(scene, scene.play(scene, stage))
    while agenda:
        moment, _, scene, play = heapq.heappop(agenda)
        stage.until(moment)
        tell(f"{stage.today:%d.%m.%Y}: {scene.title}")
        go_on(scene, play)
    stage.until(stage.clock.now())
    for scene in scenes:
        _compare(stage, scene)
    return [_outcome(stage, scene) for scene in scenes]


def _compare(stage: DemoOffice, scene: Scene) -> None:
    came = (stage.state(scene.case), tuple(scene.refusals))
    if came != (scene.ends, scene.must_refuse):
        message = f"{scene.name}: came to {came}, expected {(scene.ends, scene.must_refuse)}"
        raise AssertionError(message)


def _outcome(stage: DemoOffice, scene: Scene) -> SceneOutcome:
    entries = _entries(stage, scene.case)
    cases = [scene.case, *scene.others]
    refused = select(func.count()).where(RefusedAttempt.case_id.in_(cases))
    row = (
        select(Application.reference, Application.tracking_number, Certificate.serial)
        .join(Certificate, Certificate.id == Application.certificate_id, isouter=True)
        .where(Application.id == scene.case)
    )
    with stage.engine.database.connect() as connection:
        found = connection.execute(row).one()
        times = connection.execute(refused).scalar_one()
    return SceneOutcome(
        scene.name, scene.title, found.reference, scene.method,
        tuple(str(entry["to"]) for entry in entries), _days_held(entries), times,
        found.serial, found.tracking_number,
    )  # fmt: skip


def _entries(stage: DemoOffice, case: int) -> list[dict[str, object]]:
    query = select(JournalEntry.body).where(JournalEntry.case_id == case).order_by(JournalEntry.n)
    with stage.engine.database.connect() as connection:
        return [json.loads(body) for body in connection.execute(query).scalars()]


def _days_held(entries: list[dict[str, object]]) -> int:
    """Return whole days between the entries into and out of ``held``; 0 when it never was."""
    times = {
        key: datetime.fromisoformat(str(entry["at"]))
        for entry in entries
        for key in ("from", "to")
        if entry[key] == "held"
    }
    return (times["from"] - times["to"]).days if len(times) == 2 else 0  # noqa: PLR2004 - in and out
