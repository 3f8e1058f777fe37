"""What the command ``nes`` loads: each command what it needs, counted in modules."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

import pytest
from click.testing import CliRunner

from tests.house.tree import PRODUCT, ROOT
from web.terminal.cli import COMMANDS, main

RUN = """
from web.terminal.cli import main
try:
    main()
except SystemExit as end:
    if end.code:
        raise
"""
TELL = """
import sys
print(*sys.modules, file=sys.stderr)
"""


def modules(code: str, *words: str) -> frozenset[str]:
    """Return the names of the modules that a Python of its own has loaded after some code."""
    command = [sys.executable, "-c", code + TELL, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return frozenset(done.stderr.split())


SITE = {"flask", "werkzeug", "jinja2", "wtforms", "requests", "urllib3", "prometheus_client"}
SIGNATURES = {"pyhanko", "pyhanko_certvalidator", "asn1crypto", "cryptography", "pkcs11"}
DATABASE = {"sqlalchemy", "psycopg", "alembic", "procrastinate", "pydantic"}


SENTENCES = {path.stem for path in (ROOT / "handlers/kit/sentences").glob("[a-z]*.py")}
"""The subjects of sentences, a module each."""


@cache
def bare() -> frozenset[str]:
    """Return what every Python here loads, be it for measuring how much the tests cover."""
    return modules("")


def loaded(*words: str) -> frozenset[str]:
    """Return the modules that a command of ``nes`` loads."""
    return modules(RUN, *words) - bare()


def strangers(names: frozenset[str]) -> set[str]:
    """Return the packages among some modules that are neither ours nor Python's."""
    tops = {name.partition(".")[0] for name in names}
    known = {name.partition(".")[0] for name in bare()}
    return tops - sys.stdlib_module_names - set(PRODUCT) - known - {"__main__"}


def ours(names: frozenset[str], *rooms: str) -> set[str]:
    """Return the modules of some rooms among others, but not the folders that they stand in."""
    return {
        name
        for name in names
        if name.startswith(tuple(f"{room}." for room in rooms))
        and not (ROOT / name.replace(".", "/")).is_dir()
    }


@pytest.mark.parametrize("words", [("--help",), ("--version",)])
def test_the_list_of_commands_loads_nothing_but_click(words: tuple[str, ...]) -> None:
    names = loaded(*words)
    assert strangers(names) == {"click"}
    assert ours(names, *PRODUCT) == {"web.terminal.cli"}


def test_a_proof_of_the_process_file_loads_only_what_reads_it() -> None:
    names = loaded("workflow", "check")
    assert strangers(names) & (SITE | SIGNATURES | DATABASE) == set()
    assert ours(names, "handlers", "migrations") == {
        f"handlers.kit.sentences.{subject}" for subject in SENTENCES
    }
    assert ours(names, "signing", "states") <= {
        "signing.app.words.en",
        "signing.app.words.refusals",
        "signing.app.words.tr",
        "signing.app.words.validation",
        "signing.verdict",
        "states.postgres.commits",
        "states.kit.invalid",
        "states.kit.log_events",
        "states.kit.text",
    }
    assert len(names) < 500


def test_the_commands_of_the_terminal_load_neither_flask_nor_signatures_before_they_work() -> None:
    names = ("case", "db", "journal", "sweep", "user", "worker", "workflow")
    code = (
        "from web.terminal.cli import main\n"
        f"for name in {names}:\n    main.get_command(None, name)\n"
    )
    found = strangers(modules(code) - bare())
    assert found & {"flask", "werkzeug", "pyhanko", "pkcs11", "openpyxl", "typst"} == set()
    assert "sqlalchemy" in found


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_says_of_itself(name: str) -> None:
    told = " ".join(CliRunner().invoke(main, [name, "--help"]).output.split())
    assert COMMANDS[name].told in told


def test_the_list_of_commands_names_each_with_its_sentence() -> None:
    listed = " ".join(CliRunner().invoke(main, ["--help"]).output.split())
    for name, part in COMMANDS.items():
        assert f"{name} {part.told}" in listed
