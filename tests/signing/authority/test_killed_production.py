"""One order, one card, one key, one certificate: whenever and beside whom a process dies."""

from __future__ import annotations

import base64
import json
import random
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from signing.authority.production import STEPS, ProductionOrder, produce
from signing.tokens import shards
from signing.tokens.keys import KeyKind
from tests.kit.signing import house as kit
from tests.kit.signing.house import carried

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from signing.authority.demo import Authority
    from signing.tokens.slots import TokenStore
    from signing.x509.certificate import X509Certificate

pytestmark = pytest.mark.no_cover

CHILD = """
import base64, json, os, resource, sys
sys.path.insert(0, ".")
from pathlib import Path
from signing.authority.demo import Authority
from signing.errors import StoreFull
from signing.authority.production import produce
from signing.tokens import making
from tests.kit.signing import house as kit

directory, label, number, kind, stop, what = sys.argv[1:]
store = kit.make_store(Path(directory))
authority = Authority(store, kit.REPEATING_LABEL, kit.PIN)

class Telling(Authority):
    def issue(self, request, public):
        der = super().issue(request, public)
        print(json.dumps(base64.b64encode(der).decode()), flush=True)
        return der

def checkpoint(step):
    if step != stop:
        return
    if what == "kill":
        os.kill(os.getpid(), 9)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

copied, real = [], making.copy_file

def copy(*given):
    copied.append(given)
    if what == "copy" and len(copied) == int(stop):
        os.kill(os.getpid(), 9)
    return real(*given)

making.copy_file = copy
telling = Telling(store, kit.REPEATING_LABEL, kit.PIN)
print("ready", flush=True)
try:
    produce(store, telling, kit.order(label, int(number), kind=kind), checkpoint)
except StoreFull as error:
    os.write(2, error.code.encode())
    os._exit(28)
"""


@pytest.fixture
def authority(repeating: Authority) -> Authority:
    """Give an authority that signs as that of the demonstration: the same bytes each time."""
    return repeating


def child(
    store: TokenStore, order: ProductionOrder, stop: str, what: str = "kill"
) -> subprocess.Popen[str]:
    """Start the production in a process of its own, to be stopped at the step."""
    arguments = [str(store.directory), order.card.serial, str(order.request.serial_number)]
    command = [sys.executable, "-W", "error", "-c", CHILD, *arguments, order.kind, stop, what]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)


def signed_before(output: str) -> list[bytes]:
    """Give the certificates that a child says it has signed."""
    lines = output.splitlines()[1:]
    return [base64.b64decode(json.loads(line)) for line in lines]


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.RSA_2048])
@pytest.mark.parametrize("step", STEPS)
def test_a_production_killed_at_any_step_ends_with_one_key_and_one_certificate(
    step: str,
    kind: KeyKind,
    store: TokenStore,
    authority: Authority,
    new_order: Callable[..., ProductionOrder],
) -> None:
    order = new_order(kind=kind)
    process = child(store, order, step)
    output, said = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, said
    made = produce(store, authority, order)
    assert all(der == made.certificate.der for der in signed_before(output))
    assert bool(signed_before(output)) is (step not in {"card", "key"})
    assert carried(store, order) == ([order.key_id], [order.key_id])
    assert kit.Signer(store, made).sign(b"text")


@pytest.mark.parametrize("step", STEPS)
def test_of_two_processes_with_one_order_one_is_killed_and_the_other_finishes(
    step: str, store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    order = new_order()
    both = [child(store, order, step), child(store, order, "never")]
    outputs = [process.communicate(timeout=120) for process in both]
    # Whoever comes second finds the card begun, and passes fewer steps.
    assert both[0].returncode in {0, -signal.SIGKILL}, outputs[0]
    assert both[1].returncode == 0, outputs[1]
    made = produce(store, authority, order)
    signed = [der for output, _said in outputs for der in signed_before(output)]
    assert signed
    assert all(der == made.certificate.der for der in signed)
    assert carried(store, order) == ([order.key_id], [order.key_id])


COPIES = 6
"""Files of a card: those of the token and its key come first, then those of the certificates."""


@pytest.mark.parametrize("copy", [1, 3, COPIES - 2, COPIES - 1, COPIES])
def test_a_production_killed_while_it_puts_the_card_down_leaves_one_or_none(
    copy: int, store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    order = new_order()
    process = child(store, order, str(copy), "copy")
    output, said = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, said
    assert store.directory is not None
    place = shards.place(store.directory, order.card.serial)
    assert place.is_dir() is (copy > COPIES - 2)
    assert bool(signed_before(output)) is place.is_dir()
    made = produce(store, authority, order)
    assert all(der == made.certificate.der for der in signed_before(output))
    assert carried(store, order) == ([order.key_id], [order.key_id])
    assert [one.name for one in place.parent.iterdir() if one.name.startswith(".")] == []
    assert list(place.rglob("*.draft")) == []


def test_a_production_killed_at_any_moment_ends_with_one_key_and_one_certificate(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    chance = random.Random(5070)
    for _ in range(8):
        order = new_order()
        process = child(store, order, "never")
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        # Not a wait for something: the moment of the kill is what is tried out.
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=chance.uniform(0.0, 0.05))
        process.kill()
        output, _said = process.communicate(timeout=120)
        made = produce(store, authority, order)
        assert carried(store, order) == ([order.key_id], [order.key_id])
        signed = [base64.b64decode(json.loads(line)) for line in output.splitlines()]
        assert all(der == made.certificate.der for der in signed)


@pytest.mark.parametrize("step", ["card", "key", "signature"])
def test_a_full_disk_is_a_sentence_and_the_order_can_be_finished_later(
    step: str,
    store: TokenStore,
    authority: Authority,
    new_order: Callable[..., ProductionOrder],
    tmp_path: Path,
) -> None:
    assert store.directory is not None
    shutil.copytree(store.directory, tmp_path / "tokens")
    store = kit.make_store(tmp_path / "tokens")
    authority = kit.demo_authority(store)
    order = new_order()
    process = child(store, order, step, "fill")
    _output, said = process.communicate(timeout=120)
    assert (process.returncode, said) == (28, "store_full")
    produce(store, authority, order)
    assert carried(store, order) == ([order.key_id], [order.key_id])


def test_two_threads_with_one_order_make_one_certificate(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    order = new_order()
    made: list[X509Certificate] = []
    threads = [
        threading.Thread(target=lambda: made.append(produce(store, authority, order).certificate))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len({certificate.der for certificate in made}) == 1
    assert carried(store, order) == ([order.key_id], [order.key_id])


def test_two_processes_with_one_order_make_one_certificate(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    order = new_order()
    both = [child(store, order, "never") for _ in range(2)]
    outputs = [process.communicate(timeout=120) for process in both]
    # SoftHSM may tell one of them that the device failed while the other is writing: the queue
    # tries such an order again, as the last line here does.
    told = [said for process, (_, said) in zip(both, outputs, strict=True) if process.returncode]
    assert len(told) < len(both), outputs
    assert all("signing.errors.DeviceFailed" in said for said in told), outputs
    signed = [der for output, _said in outputs for der in signed_before(output)]
    assert len(signed) == 1
    assert produce(store, authority, order).certificate.der == signed[0]
    assert carried(store, order) == ([order.key_id], [order.key_id])
