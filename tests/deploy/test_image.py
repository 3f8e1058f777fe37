"""The steps of the container, taken one after the other on a bare Debian."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.test_containerfile import last, stages
from tests.fresh import machine

if TYPE_CHECKING:
    from pathlib import Path


def script() -> str:
    """Return the steps of both stages as one script of a shell, in the tree of the machine.

    Both stages stand on the same base, so what the first leaves in /opt/nes-ofis stays in place.
    """
    lines = ["set -e", "tree=$PWD"]
    for stage in stages():
        for step in stage:
            if step.word == "RUN":
                lines.append(step.rest)
            elif step.word == "WORKDIR":
                lines.append(f"mkdir -p {step.rest}; cd {step.rest}")
            elif step.word == "COPY" and not step.rest.startswith("--from"):
                *sources, target = step.rest.split()
                lines += [f"cp -r $tree/{source} {target}" for source in sources]
    return "\n".join([*lines, *ending()])


def ending() -> list[str]:
    """Return what is tried at the end: its own user, nothing written but into the volumes."""
    run = f"setpriv --reuid {last('USER')} --regid {last('USER')} --clear-groups"
    return [
        f"export {last('ENV')}",
        f"{run} nes --version",
        f"{run} nes workflow check",
        f"{run} nes web 2>&1 | grep -q 'NES_SECRET_KEY is not set'",
        f"{run} python3 -c 'import web.terminal.serving, openpyxl, pkcs11'",
        f"! {run} touch /opt/nes-ofis/x 2>/dev/null",
        "echo whole",
    ]


@pytest.mark.skipif(not machine.can_be_made(), reason="made only by root with mmdebstrap")
def test_the_steps_make_an_image_whose_programs_run_as_their_own_user(tmp_path: Path) -> None:
    outcome = machine.run(tmp_path, "trixie", "sh", "-c", script(), seconds=900)
    if outcome.mirror_out_of_reach:
        pytest.skip("no mirror of Debian's packages answers")
    assert outcome.code == 0, outcome.said[-3000:]
    assert outcome.said.splitlines()[-1] == "whole"
