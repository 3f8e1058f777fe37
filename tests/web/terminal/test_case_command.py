"""``nes case``: a case opened, moved and shown, its evidence, and what is refused."""

from __future__ import annotations

import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pytest

from states.kit.reference import reference
from states.logs.access import AccessEntry
from tests.kit.web.staff import waiting_for_paper

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from tests.kit.web.terminal import Terminal


def test_a_case_is_opened_explained_moved_and_shown(
    terminal: Terminal, world: World, staff: Staff
) -> None:
    person = world.person()
    opened = terminal.json(
        "case", "new", "application", "--set", "kind=first", "--set", f"person_id={person}",
        "--as", f"person:{person}",
    )  # fmt: skip
    assert opened["state"] == "draft"
    number = reference("application", opened["case"])
    rows = terminal.json("case", "explain", number, "--as", f"user:{staff.officer}")
    by_name = {row["trigger"]: row for row in rows}
    assert by_name["cancel_by_office"]["allowed"] is True
    assert by_name["choose_method"]["code"] == "role_not_allowed"
    listed = terminal.run("case", "explain", number, "--as", f"user:{staff.officer}").output
    assert "yes  cancel_by_office" in listed
    assert "no   choose_method" in listed
    assert "The person is told today:\nYour application waits: B" in listed
    assert "Choose how to approve it." in listed

    said = terminal.run(
        "case", "fire", number, "cancel_by_office", "--reason", "asked_for",
        "--seen-version", "1", "--as", f"user:{staff.officer}",
    )  # fmt: skip
    assert "stands at cancelled, version 2" in said.output
    shown = terminal.json("case", "show", str(opened["case"]))
    assert [move["trigger"] for move in shown["moves"]] == ["file", "cancel_by_office"]
    assert shown["moves"][1]["auth"] == "terminal"
    assert "new -> draft" in terminal.run("case", "show", number).output


def test_the_ways_of_a_certificate_are_told_open_and_closed(
    terminal: Terminal, world: World, staff: Staff
) -> None:
    held = world.certificate(world.person(), date(2099, 1, 1))  # far off on whatever day it is
    world.write("UPDATE certificate SET state = 'suspended', seen = 'made'")
    number = reference("certificate", held)
    listed = terminal.run("case", "explain", number, "--as", f"user:{staff.officer}").output
    assert "The person is told today:\nThere is nothing to do now." in listed
    assert "yes  renewal by in_person: card expected on " in listed
    assert "no   renewal by e_imza: " in listed


def test_a_refused_move_in_the_terminal_is_a_sentence(
    terminal: Terminal, world: World, staff: Staff
) -> None:
    case = str(waiting_for_paper(world))
    officer = f"user:{staff.officer}"
    said = terminal.refused("case", "fire", case, "approve_paper", "--as", officer)
    assert "'Approve paper' cannot be done in the state" in said
    gone = terminal.refused("case", "fire", "999999", "cancel_by_office", "--as", officer)
    assert gone == "nes: There is no case 999999; check the number."
    stale = ("case", "fire", case, "cancel_by_office", "--seen-version", "1", "--as", officer)
    assert "has moved" in terminal.refused(*stale)
    assert "There is no case" in terminal.refused("case", "show", "999999")
    assert "There is no workflow" in terminal.refused("case", "new", "yok", "--as", officer)
    assert "opened by one of" in terminal.refused("case", "new", "certificate", "--as", "person:1")
    lacking = terminal.refused("case", "new", "certificate", "--as", officer)
    assert lacking == "nes: The case needs a value of person_id; nothing has changed."
    kind = ("case", "new", "application", "--set", "kind=yok", "--set", "person_id=1")
    assert terminal.refused(*kind, "--as", officer).startswith("nes: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("case", "show", "B12"), "neither a case id nor a reference"),
        (("case", "fire", "1", "x", "--as", "system", "--payload", "{"), "is not JSON"),
        (("case", "fire", "1", "x", "--as", "system", "--payload", "[]"), "JSON object"),
        (("sweep", "--as-of", "31.02.2026"), "is not a day"),
        (("sweep", "--as-of", "2026-02-31"), "is not a day"),
        (("journal", "export", "--format", "xls"), "is not one of"),
    ],
)
def test_words_that_can_not_be_read_are_a_sentence(
    terminal: Terminal, words: tuple[str, ...], said: str
) -> None:
    assert said in terminal.refused(*words, code=2)


@pytest.mark.parametrize("name", ["user:999", "person:999", "user:x", "root", "user:"])
def test_nobody_acts_under_a_name_that_is_not_there(
    terminal: Terminal, world: World, name: str
) -> None:
    case = str(waiting_for_paper(world))
    said = terminal.refused("case", "fire", case, "cancel", "--as", name)
    assert name in said


def test_a_value_to_open_with_needs_its_column(terminal: Terminal, world: World) -> None:
    person = world.person()
    said = terminal.refused(
        "case", "new", "application", "--set", "kind", "--as", f"person:{person}"
    )
    assert said == "nes: 'kind' is not COLUMN=VALUE."


def test_who_may_open_a_case_by_several_moves_names_which(
    terminal: Terminal, world: World, staff: Staff
) -> None:
    person, user = f"person_id={world.person()}", f"user:{staff.officer}"
    words = ("case", "new", "application", "--set", "kind=first", "--set", person, "--as", user)
    said = "nes: application is opened by one of file, file_by_office: name which."
    assert terminal.refused(*words) == said


def test_the_evidence_of_a_case_is_written_to_a_file(
    terminal: Terminal, world: World, staff: Staff, tmp_path: Path
) -> None:
    number = reference("application", waiting_for_paper(world))
    target = tmp_path / "kanıt.zip"
    said = terminal.run("case", "evidence", number, "-o", str(target)).output
    assert said.startswith(f"Written to {target}: 0 signatures, 3 journal entries.")
    assert f"jurnal/{number}/0003.json" in zipfile.ZipFile(target).namelist()
    told = terminal.json(
        "case", "evidence", number, "-o", str(target), "--as", f"user:{staff.auditor}",
        "--purpose", "mahkeme",
    )  # fmt: skip
    assert (told["case"], told["cases"], told["entries"]) == (number, 1, 3)
    kept = [(row.actor, row.purpose, row.what) for row in world.all(AccessEntry)]
    assert kept == [
        ("system:terminal", "ispat", f"evidence:{number}"),
        (f"user:{staff.auditor}", "mahkeme", f"evidence:{number}"),
    ]
    assert list(tmp_path.glob("*.part")) == []


def test_evidence_that_can_not_be_given_is_a_sentence(
    terminal: Terminal, world: World, tmp_path: Path
) -> None:
    case = str(waiting_for_paper(world))
    target = str(tmp_path / "x.zip")
    gone = terminal.refused("case", "evidence", "999999", "-o", target)
    assert gone == "nes: There is no case 999999; check the number."
    nowhere = terminal.refused("case", "evidence", case, "-o", str(tmp_path / "no" / "x.zip"))
    assert nowhere == f"nes: {tmp_path / 'no'} is no folder; make it, or name another file."
    assert "user:999" in terminal.refused(
        "case", "evidence", case, "-o", target, "--as", "user:999"
    )
    assert list(tmp_path.glob("*.zip")) == []
    assert world.all(AccessEntry) == []
