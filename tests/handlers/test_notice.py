"""What people are told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from handlers import letters, notice
from states.notice import Notice
from tests.handlers.world import World, officer
from workflow.context import EffectContext
from workflow.registry import Registry

TEMPLATES = sorted(file.stem for file in (Path(letters.__file__).parent / "notices").glob("*.txt"))


def context_of(world: World, name: str, person: int, reason: str | None) -> EffectContext:
    case = {
        "id": 77, "person_id": person, "reference": "B000000077", "tracking_number": "YK1",
        "production_opens_on": datetime(2026, 6, 10, tzinfo=UTC).date(),
        "ends_on": datetime(2026, 8, 10, tzinfo=UTC).date(),
    }  # fmt: skip
    definition = world.office.library.workflow("application")
    return EffectContext(
        world.office.database, definition, case, 3, f"notice.{name}", world.clock.now(), reason,
        MappingProxyType({}), world.services,
    )  # fmt: skip


def test_there_is_a_template_for_each_effect_and_an_effect_for_each_template() -> None:
    effects = [name.partition(".")[2] for name in Registry.of_modules([notice])]
    assert sorted(effects) == TEMPLATES


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_notice_greets_names_the_case_and_ends_as_a_sentence(world: World, name: str) -> None:
    me = world.person()
    Registry.of_modules([notice])[f"notice.{name}"].function(
        context_of(world, name, me, "belge eksik.")
    )
    [row] = world.all(Notice)
    assert (row.key, row.case_id, row.person_id) == (f"77/3/notice.{name}", 77, me)
    assert (row.template, row.state) == (name, "waiting")
    assert row.created_at == world.clock.now()
    assert row.text.startswith("Sayın AYŞE ÖRNEKOĞLU,\n")
    assert "B000000077" in row.text
    assert row.text.endswith(".\n")
    assert row.subject
    assert not row.subject.endswith(".")
    assert "{" not in row.text + row.subject


def test_a_repeated_effect_tells_once(world: World) -> None:
    context = context_of(world, "held", world.person(), None)
    notice.held(context)
    notice.held(context)
    [row] = world.all(Notice)
    assert "10 Haziran 2026" in row.text


def test_the_reason_of_the_officer_reaches_the_applicant(world: World) -> None:
    me = world.person()
    case = world.file(me, "first")
    world.choose(case, me, "wet_signature")
    world.office.fire(case, "return_to_applicant", officer(), reason="imza eksik")
    assert world.run_effects() == ["notice.returned"]
    [row] = world.all(Notice)
    assert "imza eksik" in row.text
