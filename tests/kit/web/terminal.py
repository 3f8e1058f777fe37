"""The command ``nes`` on a database of the tests."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result

from web.terminal.cli import main


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
