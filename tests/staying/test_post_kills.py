"""A worker that is killed in the middle of the post loses nothing and repeats little."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest

from handlers.post.delivery import TOGETHER
from tests.house.tree import ROOT
from tests.kit.post.mail_server import TakenMail
from tests.staying.post_kills import KillsFound, repeats_of

if TYPE_CHECKING:
    from tests.kit.postgres import Database

MESSAGES, KILLS = 300, 5


def test_each_message_comes_in_through_kills_and_few_come_twice(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    words = ["--messages", str(MESSAGES), "--kills", str(KILLS), "--database", url]
    done = subprocess.run(
        [sys.executable, "-m", "tests.staying.post_kills", *words],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout, done.stderr)
    found = json.loads(done.stdout)
    seed, seconds, received = found.pop("seed"), found.pop("seconds"), found.pop("received")
    repeats, most = found.pop("repeats"), found.pop("most_repeats_of_a_kill")
    nothing = dict.fromkeys(("lost", "foreign", "to_somebody_else", "left", "noted_wrongly"), 0)
    assert found == {"messages": MESSAGES, "kills": KILLS, **nothing}, seed
    assert received == MESSAGES + repeats
    assert 0 < most <= TOGETHER
    assert most <= repeats <= KILLS * TOGETHER
    assert seconds > 0


@pytest.mark.parametrize("what", ["lost", "foreign", "to_somebody_else", "left", "noted_wrongly"])
def test_what_must_not_be_is_told(what: str) -> None:
    good = KillsFound(9, 1, 1, 0.1, 19, 10, TOGETHER, 0, 0, 0, 0, 0)
    assert good.holds
    assert not replace(good, **{what: 1}).holds
    assert not replace(good, most_repeats_of_a_kill=TOGETHER + 1).holds


def test_a_repeat_is_counted_to_the_connection_that_was_cut() -> None:
    def mail(name: str, connection: int) -> TakenMail:
        message = EmailMessage()
        message["Message-ID"] = name
        return TakenMail([], "", "", "", tls=False, connection=connection, message=message)

    taken = [mail("<a>", 1), mail("<b>", 1), mail("<c>", 2), mail("<b>", 2), mail("<c>", 3)]
    assert repeats_of([*taken, mail("<b>", 3)]) == {1: 1, 2: 2}
