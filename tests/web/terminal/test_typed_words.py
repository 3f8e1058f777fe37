"""What is typed after a command: days, cases, JSON, actors; each wrong one is one sentence."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import click
import pytest

from states.kit.settings import SECRET_KEYS
from web.gate.apart import holds_demo
from web.gate.failure import CommandFailure
from web.terminal.commands.case import _values
from web.terminal.commands.shared import AUTH, CaseNumber, actor_named
from web.terminal.commands.sweep import _counts
from web.terminal.commands.terminal import Day, JsonObject, say_json
from workflow.model.actor import system

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff

NUMBER = "is neither a case id nor a reference such as B000000123."


@pytest.mark.parametrize("word", ["2026-02-31", "22.11.2026", "tomorrow", ""])
def test_a_day_is_written_in_one_way(word: str) -> None:
    assert Day().convert("2026-02-28", None, None) == date(2026, 2, 28)
    assert Day().convert(date(2026, 2, 28), None, None) == date(2026, 2, 28)
    with pytest.raises(click.BadParameter) as refused:
        Day().convert(word, None, None)
    assert refused.value.message == f"{word!r} is not a day. Write it as 2026-11-22."


@pytest.mark.parametrize(
    ("word", "number"), [("17", 17), ("B000000017", 17), ("s000000017", 17), (17, 17)]
)
def test_a_case_is_named_by_its_number_or_its_reference(word: object, number: int) -> None:
    assert CaseNumber().convert(word, None, None) == number


@pytest.mark.parametrize("word", ["", "x", "-3", "1.5", "J000000017", "٣", "B17x"])
def test_what_names_no_case_is_refused(word: str) -> None:
    with pytest.raises(click.BadParameter) as refused:
        CaseNumber().convert(word, None, None)
    assert refused.value.message == f"{word!r} {NUMBER}"


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("{", "is not JSON: Expecting property name enclosed in double quotes at character 2."),
        ("", "is not JSON: Expecting value at character 1."),
        ("[1]", 'must be a JSON object such as {"note": "ok"}.'),
        ('"x"', 'must be a JSON object such as {"note": "ok"}.'),
        ("null", 'must be a JSON object such as {"note": "ok"}.'),
    ],
)
def test_a_payload_is_a_json_object(word: str, sentence: str) -> None:
    assert JsonObject().convert('{"a": 1}', None, None) == {"a": 1}
    assert JsonObject().convert({"a": 1}, None, None) == {"a": 1}
    with pytest.raises(click.BadParameter) as refused:
        JsonObject().convert(word, None, None)
    assert refused.value.message == sentence


def test_a_value_is_json_or_else_text_and_may_hold_the_sign_itself() -> None:
    pairs = ("number=12", "text=düz yazı", "yes=true", "none=null", "sum=a=b", "empty=")
    assert _values(pairs) == {
        "number": 12, "text": "düz yazı", "yes": True, "none": None, "sum": "a=b", "empty": "",
    }  # fmt: skip
    with pytest.raises(CommandFailure, match="'kind' is not COLUMN=VALUE"):
        _values(("kind",))


def test_json_for_machines_keeps_turkish_letters_and_moments(
    capsys: pytest.CaptureFixture[str],
) -> None:
    say_json(
        {
            "ad": "İsmail Ğ",
            "gun": date(2026, 11, 22),
            "an": datetime(2026, 11, 22, 17, 5, tzinfo=timezone(timedelta(hours=3))),
            "yol": object,
        }
    )
    printed = capsys.readouterr().out
    assert "İsmail Ğ" in printed
    assert printed.startswith('{\n  "ad"')
    found = json.loads(printed)
    assert (found["gun"], found["an"]) == ("2026-11-22", "2026-11-22T17:05:00+03:00")
    assert found["yol"] == "<class 'object'>"


def test_a_demo_is_known_by_its_folder_alone(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    there = {"NES_VAR": str(tmp_path), "PATH": "/bin"}
    assert not holds_demo(there)
    for name in SECRET_KEYS:
        assert not holds_demo(there), f"before {name}"
        (keys / name).write_text("x", encoding="ascii")
    assert holds_demo(there)
    assert not holds_demo({**there, "NES_DATABASE_URL": "postgresql://h/d"})
    assert not holds_demo({**there, "NES_SECRET_KEY": "s"})
    assert holds_demo({**there, "NES_SECRET_KEY": ""}), "an empty key is none"


def test_an_actor_is_read_from_what_stands_there(world: World, staff: Staff) -> None:
    database = world.engine.database
    me = world.person()
    officer = actor_named(database, f"user:{staff.officer}")
    assert (officer.name, set(officer.roles)) == (f"user:{staff.officer}", {"officer"})
    assert officer.auth == AUTH
    person = actor_named(database, f"person:{me}")
    assert (person.name, set(person.roles), person.person_id) == (f"person:{me}", {"applicant"}, me)
    assert actor_named(database, "system") == system(AUTH)
    assert actor_named(database, "system:sweep") == system("sweep")


def test_a_closed_account_and_one_of_nobody_act_no_more(world: World, staff: Staff) -> None:
    database = world.engine.database
    world.write("UPDATE office_user SET active = false WHERE id = :id", id=staff.officer)
    world.write("UPDATE office_user SET person_id = NULL WHERE id = :id", id=staff.second)
    with pytest.raises(CommandFailure, match=f"no open account user:{staff.officer}"):
        actor_named(database, f"user:{staff.officer}")
    with pytest.raises(CommandFailure, match=f"user:{staff.second} is tied to no person"):
        actor_named(database, f"user:{staff.second}")


def test_the_counts_of_a_line_are_told_one_after_the_other() -> None:
    assert _counts({"release": 3, "expire": 1}) == "release 3, expire 1"
    assert _counts({}) == "-"
