"""The recipe of the container: what it takes, what it leaves, and who runs in it."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from functools import cache
from ipaddress import ip_address
from typing import NamedTuple

from states.kit.settings import KEYS
from tests.house.tree import ROOT
from web.terminal.cli import main

RECIPE = ROOT / "docs/deploy/Containerfile"
KNOWN = {
    "FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL",
    "HEALTHCHECK", "ENTRYPOINT", "CMD",
}  # fmt: skip


class Step(NamedTuple):
    """One instruction and what stands behind it."""

    word: str
    rest: str


@cache
def stages() -> list[list[Step]]:
    """Return the steps of each stage."""
    found: list[list[Step]] = []
    for line in RECIPE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            step = Step(*line.split(" ", 1))
            if step.word == "FROM":
                found.append([])
            found[-1].append(step)
    return found


def last(word: str) -> str:
    """Return what the finished image says of something."""
    return [step.rest for step in stages()[-1] if step.word == word][-1]


def test_only_known_instructions_in_two_stages() -> None:
    steps = [step for stage in stages() for step in stage]
    assert len(stages()) == 2
    assert {step.word for step in steps} <= KNOWN
    bases = {step.rest.split(" ")[0] for step in steps if step.word == "FROM"}
    assert all(re.fullmatch(r"debian:\d+-slim", base) for base in bases), bases


def test_everything_that_is_copied_is_in_the_tree_or_in_the_stage_before() -> None:
    for step in stages()[0]:
        if step.word == "COPY":
            *sources, _ = step.rest.split()
            assert all((ROOT / source).exists() for source in sources), step
    (copied,) = (step.rest for step in stages()[1] if step.word == "COPY")
    assert copied == "--from=build /opt/nes-ofis /opt/nes-ofis"


def test_all_that_the_wheel_is_made_of_is_copied() -> None:
    copied = {word for step in stages()[0] if step.word == "COPY" for word in step.rest.split()}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (rooms,) = re.findall(r"\[tool.hatch.build.targets.wheel\]\npackages = (\[.*?\])", project)
    included = re.findall(r'^"([a-z./_]+)" = "', project, re.MULTILINE)
    assert {*json.loads(rooms), *included, "pyproject.toml", "requirements.txt"} <= copied


def test_every_run_is_a_script_that_the_shell_reads() -> None:
    for stage in stages():
        for step in stage:
            if step.word == "RUN":
                done = subprocess.run(["sh", "-n", "-c", step.rest], check=False)
                assert done.returncode == 0, step
                assert not re.search(r"\b(curl|wget|sudo|chmod 777)\b", step.rest)


def test_the_image_runs_as_nobody_special_and_writes_only_into_its_volumes() -> None:
    assert int(last("USER")) >= 1000
    volumes = json.loads(last("VOLUME"))
    env = dict(word.split("=", 1) for word in shlex.split(last("ENV")))
    assert {env["NES_VAR"], env["TMPDIR"]} == set(volumes)
    assert {name for name in env if name.startswith("NES_")} <= KEYS
    assert ip_address(env["NES_HOST"]).is_unspecified
    assert not any("KEY" in name or "PIN" in name for name in env)


def test_the_image_serves_and_tells_how_it_is() -> None:
    assert json.loads(last("ENTRYPOINT")) == ["nes"]
    assert json.loads(last("CMD"))[0] in main.list_commands(None)  # type: ignore[arg-type]  # it asks for no context
    program, flag, code = json.loads(last("HEALTHCHECK").partition(" CMD ")[2])
    assert (program, flag) == ("python3", "-c")
    compile(code, "healthcheck", "exec")
    assert "/healthz" in code
    assert last("EXPOSE") in code
