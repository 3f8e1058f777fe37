"""``nes keys``: the keys of personal data, and those that the house signs with."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from handlers.kit.services import vault_of
from handlers.upkeep import keys as exchange
from states.kit.vault import VaultClosed
from web.gate.failure import CommandFailure
from web.terminal.commands.shared import AUTH, opened
from web.terminal.commands.terminal import json_option, say, say_json
from workflow.model.actor import system

if TYPE_CHECKING:
    from handlers.kit.own_keys import OwnKeys
    from web.gate.composition import Composition

batch_option = click.option(
    "--batch", type=click.IntRange(1, 10_000), default=exchange.BATCH, show_default=True,
    help="Rows of one transaction.",
)  # fmt: skip


@click.group()
def keys() -> None:
    """Exchange the keys of personal data; look at the keys that the house signs with.

    \b
    Example:
      nes keys check
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
    with opened() as composition:
        vault, now = vault_of(composition.settings), composition.clock.now()
        for step in exchange.reseal(composition.database, vault, system(AUTH), now, batch):
            told[step.column] = step
    if as_json:
        say_json([asdict(step) for step in told.values()])
    else:
        for step in told.values():
            say(f"{step.column}: {step.looked_at} looked at, {step.renewed} sealed anew, "
                f"{step.closed} that no key opens")  # fmt: skip
    closed = sum(step.closed for step in told.values())
    if closed:
        raise CommandFailure(
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
    with opened() as composition:
        vault, now = vault_of(composition.settings), composition.clock.now()
        try:
            done = exchange.rehash(composition.database, vault, system(AUTH), now)
        except VaultClosed:
            raise CommandFailure(
                "A number does not open, so no hash was changed. Run `nes keys reseal` with the "
                "right NES_PERSONAL_KEY_OLD first."
            ) from None
    if as_json:
        say_json(asdict(done))
    else:
        say(f"{done.column}: {done.looked_at} looked at, {done.renewed} made anew")


@keys.command()
@json_option
def check(as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Prove that the token carries the keys that this installation knows as its own.

    \b
    Example:
      nes keys check
    """  # noqa: D301 - the same
    with opened() as composition:
        own = _own_keys(composition)
        own.check()
        marked = own.marked()
    if as_json:
        say_json({role: {"key": key, "certificate": made} for role, (key, made) in marked.items()})
        return
    for role, (_, certificate) in marked.items():
        say(f"{role:<10} {certificate}")
    say("Every key is on the token and works." if marked else "This installation has no keys yet.")


@keys.command()
@click.option("--yes", is_flag=True, help="Do not ask: what former keys signed stays theirs.")
@json_option
def adopt(yes: bool, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Take the keys that are on the token as this installation's own, in place of former ones.

    Certificates, seals and lists that the former keys signed are not signed anew.

    \b
    Example:
      nes keys adopt --yes
    """  # noqa: D301 - the same
    if not yes:
        click.confirm("What the former keys signed stays theirs. Go on?", abort=True, err=True)
    with opened() as composition:
        changed = _own_keys(composition).adopt(system(AUTH).name)
    if as_json:
        say_json({"changed": changed})
    else:
        say(f"Taken as this installation's own: {', '.join(changed) or 'nothing new'}.")


def _own_keys(composition: Composition) -> OwnKeys:
    own = composition.engine.services.own_keys
    if own is None:
        raise CommandFailure("Another authority issues here, so this installation needs no keys.")
    return own
