"""The program of a production room: from its options to a line that runs."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signing.station import words
from signing.station.desk import PersonDesk, UnattendedDesk
from signing.station.errors import SecretFileUnusable, StationOptionWrong
from signing.station.line import StationLine, Workplace, silent
from signing.station.office import OrderingOffice
from signing.station.reader import CardSlotStore
from signing.station.spool import Spool
from signing.tokens.slots import TokenStore

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from signing.station.desk import Desk

_OTHERS = 0o077


@dataclass(frozen=True)
class StationOptions:
    """What a station is started with.

    `offices` are addresses, each with the file of its secret; `store` is the folder of a SoftHSM
    store, without which the cards lie in a reader; `makers` say what cards of a maker of the stock
    call their manufacturer. It stops after `count` cards, with `drain` when none waits.
    """

    offices: Mapping[str, Path]
    spool: Path
    store: Path | None = None
    module: Path | None = None
    reader: str = ""
    makers: Mapping[str, str] | None = None
    unattended: bool = False
    count: int | None = None
    drain: bool = False


@dataclass(frozen=True)
class StationSurroundings:
    """What a station is given by its terminal: to say, to ask, the time, and to wait."""

    say: Callable[[str], None]
    ask: Callable[[str], str]
    now: Callable[[], datetime]
    wait: Callable[[float], object] = threading.Event().wait
    checkpoint: Callable[[str], None] = silent


def pair_of(option: str, text: str) -> tuple[str, str]:
    """Split what is written as LEFT=RIGHT at its last sign; StationOptionWrong for anything else.

    An address may hold the sign, the name of a file after it may not.
    """
    left, sign, right = text.rpartition("=")
    if not (left and sign and right):
        raise StationOptionWrong(option=option)
    return left, right


def read_secret(path: Path) -> str:
    """Return the secret in a file that nobody else may read; SecretFileUnusable."""
    try:
        if path.stat().st_mode & _OTHERS:
            raise SecretFileUnusable(path=str(path))
        secret = path.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise SecretFileUnusable(path=str(path)) from error
    if not (secret.isascii() and secret.isprintable() and secret):
        raise SecretFileUnusable(path=str(path))
    return secret


def run_station(options: StationOptions, around: StationSurroundings) -> None:
    """Make cards until the options or the person end it; raises the refusals of the rooms below."""
    with ExitStack() as stack:
        spool = Spool(options.spool)
        stack.callback(spool.close)
        store = _store(options)
        offices = [
            OrderingOffice(url, read_secret(path), around.now)
            for url, path in options.offices.items()
        ]
        for office in offices:
            stack.callback(office.close)
        place = Workplace(store, spool, options.makers or {})
        line = StationLine(offices, place, _desk(options, around), around.wait, around.checkpoint)
        try:
            line.run(options.count, drain=options.drain)
        finally:
            tally = line.tally
            around.say(
                words.TALLY.format(made=tally.made, failed=tally.failed, skipped=tally.skipped)
            )


def _store(options: StationOptions) -> TokenStore:
    if options.store is None:
        return CardSlotStore(options.module, options.reader)
    return TokenStore(options.store, options.module)


def _desk(options: StationOptions, around: StationSurroundings) -> Desk:
    if options.unattended or options.store is not None:
        return UnattendedDesk(around.say)
    return PersonDesk(around.say, around.ask)
