"""Owns ``nes keys``: exchanging the keys under which personal data rest."""

from __future__ import annotations

from dataclasses import asdict

import click

from handlers import keys as exchange
from handlers.services import vault_of
from states.vault import VaultClosed
from web.commands.failure import Failure
from web.commands.house import AUTH, office
from web.commands.terminal import json_option, say, say_json
from workflow.actor import system

batch_option = click.option(
    "--batch", type=click.IntRange(1, 10_000), default=exchange.BATCH, show_default=True,
    help="Rows of one transaction.",
)  # fmt: skip


@click.group()
def keys() -> None:
    """Exchange the keys of personal data.

    \b
    Example:
      nes keys reseal
    """  # noqa: D301 - \b tells click to keep the lines


@keys.command()
@batch_option
@json_option
def reseal(batch: int, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Seal anew, under NES_PERSONAL_KEY, whatever NES_PERSONAL_KEY_OLD sealed.

    The house works on meanwhile. May be stopped and begun again. Ends with 1 when values remain
    that neither key opens.

    \b
    Example:
      nes keys reseal --batch 1000
    """  # noqa: D301 - the same
    told: dict[str, exchange.Progress] = {}
    with office() as house:
        vault, now = vault_of(house.settings), house.clock.now()
        for step in exchange.reseal(house.database, vault, system(AUTH), now, batch):
            told[step.column] = step
    if as_json:
        say_json([asdict(step) for step in told.values()])
    else:
        for step in told.values():
            say(f"{step.column}: {step.looked_at} looked at, {step.renewed} sealed anew, "
                f"{step.closed} that no key opens")  # fmt: skip
    closed = sum(step.closed for step in told.values())
    if closed:
        raise Failure(
            f"{closed} values open with neither key. Set NES_PERSONAL_KEY_OLD to the key that "
            "sealed them and run this again; until then keep every old key."
        )


@keys.command()
@json_option
def rehash(as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Make the look-up hashes anew under NES_LOOKUP_KEY, all in one transaction.

    Stop the site and its workers before: with the former key they would find nobody.

    \b
    Example:
      nes keys rehash
    """  # noqa: D301 - the same
    with office() as house:
        vault, now = vault_of(house.settings), house.clock.now()
        try:
            done = exchange.rehash(house.database, vault, system(AUTH), now)
        except VaultClosed:
            raise Failure(
                "A number does not open, so no hash was changed. Run `nes keys reseal` with the "
                "right NES_PERSONAL_KEY_OLD first."
            ) from None
    if as_json:
        say_json(asdict(done))
    else:
        say(f"{done.column}: {done.looked_at} looked at, {done.renewed} made anew")
