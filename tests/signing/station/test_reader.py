"""Cards in a reader: the blank one is made, and no other card is touched.

SoftHSM plays the reader: its free slot is a blank card, and each token one that lies in a slot.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pkcs11
import pytest

from signing.authority.production import produce
from signing.errors import (
    CardInUse,
    CardRemoved,
    ModuleAbsent,
    ReaderAbsent,
    TokenAbsent,
    TokenAmbiguous,
    TokenUnknown,
)
from signing.station.errors import CardNotBlank, CardOfOtherMaker
from signing.station.issuer import OfficeIssuer
from signing.station.line import StationTally, Workplace
from signing.station.reader import CardSlotStore
from signing.tokens import library, softhsm
from signing.tokens.card import holder_certificate
from signing.tokens.session import TokenSession
from signing.tokens.twin import twin_of
from signing.x509.certificate import X509Certificate
from tests.kit.signing import house as kit
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from signing.authority.demo import Authority
    from signing.authority.production import ProductionOrder
    from signing.station.spool import Spool
    from tests.signing.station.conftest import Bench
    from tests.signing.station.ordering import FakeOffice


@pytest.fixture
def reader(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CardSlotStore:
    """Give a reader that SoftHSM plays: a copy of its module, with tokens of its own."""
    del authority  # its module has read its own configuration by now
    configuration = softhsm.configure(tmp_path / "reader")
    monkeypatch.setenv(library.CONFIGURATION_VARIABLE, str(configuration))
    found = CardSlotStore(twin_of(softhsm.find_module()))
    found.refresh()
    return found


@pytest.fixture
def order(new_order: Callable[..., ProductionOrder]) -> ProductionOrder:
    """Give an order."""
    return new_order()


def test_a_blank_card_is_made_where_it_lies_and_a_repeat_finds_it(
    reader: CardSlotStore, authority: Authority, order: ProductionOrder
) -> None:
    reader.expect(order.card, "")
    steps: list[str] = []
    made = produce(reader, authority, order, steps.append)
    assert steps == ["card", "key", "signature", "written", "compared"]
    assert holder_certificate(reader, order.card.serial) == made.certificate
    with reader.session(order.card.serial, kit.PIN) as session:
        assert session.key_ids() == {order.key_id}
    steps.clear()
    assert produce(reader, authority, order, steps.append) == made
    assert steps == ["card", "compared"]


def test_the_line_makes_the_cards_in_a_reader(
    reader: CardSlotStore, bench: Bench, office: FakeOffice, spool: Spool
) -> None:
    with library.use(reader._source) as module:  # noqa: SLF001 - what the card says of itself
        said = next(iter(module.get_slots())).get_token().manufacturer_id.strip()
    bench.place = Workplace(reader, spool, {"TEST": said})
    assert bench.line(office).run(drain=True) == StationTally(made=2)
    assert len(office.taken) == 2
    bench.place = Workplace(reader, spool, {"TEST": "Another"})
    office.taken.clear()
    office.orders = office.orders[:1]
    with refusing(CardOfOtherMaker, match=f"Sipariş “Another” kartı istiyor, okuyucudaki “{said}”"):
        bench.line(office).run(drain=True)


class Dying:
    """Dies at a step, as a killed process does for what lies on the card."""

    def __init__(self, step: str) -> None:
        self.step = step

    def __call__(self, step: str) -> None:
        if step == self.step:
            raise KeyboardInterrupt


@pytest.mark.parametrize("step", ["card", "key", "signature", "written", "compared"])
def test_a_card_that_was_begun_is_finished(
    reader: CardSlotStore, authority: Authority, order: ProductionOrder, step: str
) -> None:
    reader.expect(order.card, "")
    with pytest.raises(KeyboardInterrupt):
        produce(reader, authority, order, Dying(step))
    made = produce(reader, authority, order)
    assert holder_certificate(reader, order.card.serial) == made.certificate
    with reader.session(order.card.serial, kit.PIN) as session:
        assert session.key_ids() == {order.key_id}


def test_a_card_with_a_name_and_no_pin_gets_its_pin(
    reader: CardSlotStore, authority: Authority, order: ProductionOrder
) -> None:
    with library.use(reader._source) as module:  # noqa: SLF001 - a process that dies between the two
        softhsm.initialise(module, order.card.serial, kit.SO_PIN.encode())
    assert not reader.token(order.card.serial).pin_set
    reader.expect(order.card, "")
    produce(reader, authority, order)
    assert reader.token(order.card.serial).pin_set


def test_a_card_that_was_used_is_refused_and_stays_as_it_is(
    reader: CardSlotStore, authority: Authority, order: ProductionOrder,
    new_order: Callable[..., ProductionOrder], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    reader.expect(order.card, "")
    made = produce(reader, authority, order)
    used = [token for token in slots_of(reader) if token.label == order.card.serial]
    monkeypatch.setattr(reader, "_tokens", lambda _module: iter(used))
    other = new_order()
    reader.expect(other.card, "")
    with refusing(CardNotBlank, match="Okuyucudaki kart kullanılmış: CARD"):
        produce(reader, authority, other)
    with pytest.raises(CardInUse):
        produce(reader, authority, replace(other, card=order.card))
    assert holder_certificate(reader, order.card.serial) == made.certificate


def slots_of(reader: CardSlotStore) -> list[pkcs11.Token]:
    """Return what lies in the slots."""
    with library.use(reader._source) as module:  # noqa: SLF001 - what lies in the reader
        return [slot.get_token() for slot in module.get_slots()]


class Slot:
    """A slot that answers what a test says."""

    slot_description = "Kart okuyucu 1"

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)

    def get_token(self) -> object:
        answer = self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ([], ReaderAbsent),
        ([pkcs11.TokenNotPresent()], TokenAbsent),
        ([pkcs11.TokenNotRecognised()], TokenUnknown),
        ([pkcs11.DeviceRemoved()], CardRemoved),
    ],
)
def test_what_lies_in_no_reader_is_told(
    reader: CardSlotStore, authority: Authority, order: ProductionOrder,
    monkeypatch: pytest.MonkeyPatch, answers: list[Exception], fault: type[Exception],
) -> None:  # fmt: skip
    monkeypatch.setattr(reader, "_slots", lambda _module: [Slot(one) for one in answers])
    with pytest.raises(fault):
        produce(reader, authority, order)


def test_two_blank_cards_are_one_too_many(
    reader: CardSlotStore, authority: Authority, order: ProductionOrder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    (blank,) = slots_of(reader)
    monkeypatch.setattr(reader, "_slots", lambda _module: [Slot(blank), Slot(blank)])
    with pytest.raises(TokenAmbiguous):
        produce(reader, authority, order)


def test_a_reader_is_chosen_by_a_part_of_its_name(
    reader: CardSlotStore, authority: Authority, order: ProductionOrder
) -> None:
    other = CardSlotStore(reader._source.module, "No such reader")  # noqa: SLF001 - the same module
    with pytest.raises(ReaderAbsent):
        produce(other, authority, order)


def test_a_card_pulled_while_it_is_written_is_told_and_goes_on_when_it_is_back(
    reader: CardSlotStore, authority: Authority, order: ProductionOrder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    reader.expect(order.card, "")
    with monkeypatch.context() as pulled:

        def gone(*_: object) -> None:
            raise CardRemoved(label="KART")

        pulled.setattr(TokenSession, "write_certificate", gone)
        with refusing(CardRemoved, match="art"):
            produce(reader, authority, order)
    made = produce(reader, authority, order)
    assert holder_certificate(reader, order.card.serial) == made.certificate


def test_another_file_in_the_place_of_the_module_is_told(tmp_path: Path) -> None:
    path = tmp_path / "no-module.so"
    path.write_bytes(b"\x7fELF")
    with refusing(ModuleAbsent, match="Kart sürücüsünü kurun"):
        CardSlotStore(path).refresh()


def test_the_office_judges_what_its_authority_may_choose(
    office: FakeOffice, authority: Authority
) -> None:
    order = office.orders[0]
    issuer = OfficeIssuer(office, office.sheet(order))  # type: ignore[arg-type]  # in the place of one over HTTP
    public = authority.issuing.parsed.public_key
    made = X509Certificate(authority.issue(replace(order.request, serial_number=7), public))
    assert issuer.differences(made, order.request, public.dump()) == []
    other = replace(order.request, subject=kit.OTHER_PERSON)
    assert "tckn" in issuer.differences(made, other, public.dump())
