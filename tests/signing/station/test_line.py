"""The line: orders become cards, and whatever fails is said with the next step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from signing.authority.production import produce
from signing.errors import DeviceFailed, SigningError, StoreFull
from signing.station.desk import PersonDesk
from signing.station.errors import OfficeAway, OfficeRefused
from signing.station.line import LOOK, STEPS, StationTally
from signing.station.protocol import CardPlace, FailAnswer
from signing.station.spool import REFUSED, SpooledResult
from signing.tokens.card import holder_certificate
from tests.kit.signing import house as kit

if TYPE_CHECKING:
    from collections.abc import Callable

    from signing.authority.demo import Authority
    from signing.authority.production import ProductionOrder
    from signing.station.spool import Spool
    from signing.tokens.slots import TokenStore
    from tests.signing.station.conftest import Bench
    from tests.signing.station.ordering import FakeOffice


def away() -> OfficeAway:
    return OfficeAway(where="https://ofis.example", reason="ağ yok")


def refusal(code: str) -> OfficeRefused:
    return OfficeRefused(where="o", refusal=code, title="Olmaz", detail=f"Neden {code}")


def person(bench: Bench, *answers: str) -> PersonDesk:
    """Give a person who answers in this order."""
    left = list(answers)
    return PersonDesk(bench.said.append, lambda _question: left.pop(0))


def test_every_order_becomes_a_card_and_its_certificate_is_handed_in_once(
    bench: Bench, office: FakeOffice, store: TokenStore
) -> None:
    assert bench.line(office).run(drain=True) == StationTally(made=2)
    labels = [order.card.serial for order in office.orders]
    assert office.taken == {one: holder_certificate(store, one).der for one in labels}
    assert tuple(bench.steps) == STEPS * 2
    assert [one[0] for one in office.asked] == ["claim", "certify", "hand_in"] * 2 + ["claim"]
    assert bench.said == [
        "2 kart bekliyor. Sıradaki: kutu K-7, kart no 0012 (B000000000), üretici TEST; AYŞE YILMAZ",
        "Kart yapıldı, geri okundu ve karşılaştırıldı: kutu K-7, kart no 0012 (B000000000).",
        "Ofis kartı aldı.",
        "1 kart bekliyor. Sıradaki: kutu K-7, kart no 0012 (B000000001), üretici TEST; AYŞE YILMAZ",
        "Kart yapıldı, geri okundu ve karşılaştırıldı: kutu K-7, kart no 0012 (B000000001).",
        "Ofis kartı aldı.",
        "Sırada kart yok; yeni sipariş bekleniyor.",
    ]
    assert bench.place.spool.results() == []


def test_without_a_stock_the_card_is_named_by_its_application(
    bench: Bench, office: FakeOffice
) -> None:
    office.place = CardPlace()
    bench.line(office).run(1)
    assert bench.said[0] == "2 kart bekliyor. Sıradaki: B000000000 başvurusunun kartı; AYŞE YILMAZ"


def test_a_run_ends_after_its_count_and_looks_on_without_one(
    bench: Bench, office: FakeOffice
) -> None:
    assert bench.line(office).run(1) == StationTally(made=1)
    office.orders = office.orders[:1]
    line = bench.line(office)
    bench.waited.clear()

    def stop(seconds: float) -> None:
        bench.waited.append(seconds)
        if len(bench.waited) == 2:
            raise KeyboardInterrupt

    line._wait = stop  # noqa: SLF001 - nobody else ends an endless line
    with pytest.raises(KeyboardInterrupt):
        line.run()
    assert bench.waited == [LOOK, LOOK]
    assert bench.said.count("Sırada kart yok; yeni sipariş bekleniyor.") == 1


def test_of_two_offices_the_more_urgent_one_goes_first(
    bench: Bench, office: FakeOffice, new_order: Callable[..., ProductionOrder]
) -> None:
    other = replace(
        office, orders=[new_order()], url="https://b.example", due=office.due - timedelta(days=1)
    )
    other.asked, other.taken = [], {}
    assert bench.line(office, other).run(1) == StationTally(made=1)
    assert (len(office.taken), len(other.taken)) == (0, 1)
    assert bench.said[0].startswith("3 kart bekliyor.")


def test_a_network_that_goes_away_lets_the_card_in_hand_be_finished_and_handed_in_once(
    bench: Bench, office: FakeOffice
) -> None:
    office.faults = {"hand_in": [away(), away()], "claim": [None, away()]}
    assert bench.line(office).run(drain=True) == StationTally(made=2)
    assert [one for one in office.asked if one[0] == "hand_in"] == [
        ("hand_in", office.orders[0].card.serial)
    ] * 3 + [("hand_in", office.orders[1].card.serial)]
    assert (
        bench.said.count(
            "Ofise ulaşılamıyor. https://ofis.example: ağ yok Sonuç bu bilgisayarda saklandı; "
            "ofise ulaşılınca bir kez teslim edilir."
        )
        == 2
    )
    assert len(office.taken) == 2


def test_a_certificate_is_waited_for_with_growing_pauses(bench: Bench, office: FakeOffice) -> None:
    office.faults = {"certify": [away() for _ in range(8)]}
    assert bench.line(office).run(1) == StationTally(made=1)
    assert bench.waited == [1, 2, 4, 8, 16, 32, 60, 60]
    assert "Ofise ulaşılamıyor. https://ofis.example: ağ yok 4 saniye sonra yeniden" in bench.words
    bench.waited.clear()
    office.faults = {"certify": [away()]}
    bench.line(office).run(1)
    assert bench.waited == [1]


def test_a_run_with_a_count_ends_only_when_the_last_result_is_in(
    bench: Bench, office: FakeOffice
) -> None:
    office.faults = {"hand_in": [away(), away(), away()]}
    assert bench.line(office).run(1) == StationTally(made=1)
    assert (bench.waited, len(office.taken)) == ([1, 2, 4], 1)


@pytest.mark.parametrize("code", ["order_void", "order_of_other", "order_done", "order_unknown"])
def test_an_order_that_is_over_ends_with_a_card_to_set_aside(
    bench: Bench, office: FakeOffice, code: str
) -> None:
    first = office.orders[0].card.serial
    office.faults = {"certify": [refusal(code)]}
    line = bench.line(office)
    line._wait = lambda _: None  # noqa: SLF001 - see above
    real = office.certify

    def certify(label: str, proof: bytes) -> bytes:
        try:
            return real(label, proof)
        except OfficeRefused:
            office.orders = office.orders[1:]
            raise

    office.certify = certify  # type: ignore[method-assign]  # the office drops it as well
    assert line.run(drain=True) == StationTally(made=1, failed=1)
    assert f"Olmaz. Neden {code}" in bench.said
    assert "Kartı imhaya ayırın: kutu K-7, kart no 0012 (B000000000)." in bench.said
    assert first not in office.taken


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("issuer_refused", ("issuer_refused", "False")),
        ("certificate_mismatch", ("certificate_mismatch", "False")),
        ("key_differs", ("card_lost", "True")),
    ],
)
def test_a_refused_certificate_fails_the_card_with_its_reason(
    bench: Bench, office: FakeOffice, code: str, told: tuple[str, str]
) -> None:
    office.faults = {"certify": [refusal(code)]}
    office.failing = FailAnswer(stopped=True, ordered_again=False, why_not="")
    assert bench.line(office).run(drain=True) == StationTally(made=1, failed=1)
    (failed,) = [one for one in office.asked if one[0] == "fail"]
    assert failed[2:] == told
    assert "Başvurunun üretimi durdu; üretim görevlisi nedenine bakacak." in bench.said


@pytest.mark.parametrize("code", ["unknown", "ended", "clock_off", "not_used", "overheard"])
@pytest.mark.parametrize("verb", ["claim", "certify", "hand_in", "fail"])
def test_what_concerns_the_station_ends_the_run_and_loses_nothing(
    bench: Bench, office: FakeOffice, verb: str, code: str
) -> None:
    office.faults = {verb: [refusal(code)]}
    if verb == "fail":
        office.faults["certify"] = [refusal("issuer_refused")]
    with pytest.raises(OfficeRefused) as raised:
        bench.line(office).run(drain=True)
    assert raised.value.refusal == code
    office.faults = {}
    assert bench.line(office).run(drain=True).made == (1 if verb == "hand_in" else 2)
    assert len(office.taken) == 2


def test_a_card_that_another_certificate_lies_on_is_failed_for_good(
    bench: Bench, office: FakeOffice, authority: Authority, store: TokenStore
) -> None:
    order = office.orders[0]
    produce(
        store, authority, replace(order, request=replace(order.request, subject=kit.OTHER_PERSON))
    )
    assert bench.line(office).run(drain=True) == StationTally(made=1, failed=1)
    (failed,) = [one for one in office.asked if one[0] == "fail"]
    assert failed[2:] == ("certificate_mismatch", "False")
    assert "Başvuru üretim sırasına döndü." in bench.said


def test_what_was_not_written_as_it_was_given_is_no_card(
    bench: Bench, office: FakeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, order = office.authority, office.orders[0]
    first: list[bytes] = []
    real = store_write()

    def write(session: object, key_id: bytes, der: bytes, label: str) -> None:
        if key_id == order.key_id and not first:
            first.append(der)
            proofed = authority.issue(order.request, session.public_key(key_id))  # type: ignore[attr-defined]  # a session
            real(session, key_id, proofed, label)
        else:
            real(session, key_id, der, label)

    monkeypatch.setattr("signing.tokens.session.TokenSession.write_certificate", write)
    assert bench.line(office).run(drain=True) == StationTally(made=1, failed=1)
    assert "bytes" in bench.words


def store_write() -> Callable[..., None]:
    from signing.tokens.session import TokenSession  # noqa: PLC0415 - what the test replaces

    return TokenSession.write_certificate


def test_a_used_card_is_replaced_where_nobody_decides(
    bench: Bench,
    office: FakeOffice,
    authority: Authority,
    store: TokenStore,
    new_order: Callable[..., ProductionOrder],
) -> None:
    used = new_order()
    produce(store, authority, used)
    office.orders[0] = replace(office.orders[0], card=used.card)
    office.failing = FailAnswer(stopped=False, ordered_again=True, why_not="")
    assert bench.line(office).run(drain=True) == StationTally(made=1, failed=1)
    (failed,) = [one for one in office.asked if one[0] == "fail"]
    assert failed[2:] == ("card_in_use", "True")
    assert "Boş kart kullanın." in bench.words
    assert "Yeni kart istendi; sıraya girdi." in bench.said


class Failing:
    """Makes every try of a card fail with the next fault."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *faults: SigningError | None) -> None:
        left = list(faults)

        def made(*given: object) -> object:
            fault = left.pop(0) if left else None
            if fault is not None:
                raise fault
            return produce(*given)  # type: ignore[arg-type]  # as it was called

        monkeypatch.setattr("signing.station.line.produce", made)


def test_what_may_pass_is_tried_three_times_and_then_ends_the_run(
    bench: Bench, office: FakeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    Failing(monkeypatch, *(StoreFull(where="kart") for _ in range(3)))
    with pytest.raises(StoreFull):
        bench.line(office).run(drain=True)
    assert len(bench.said) == 4
    Failing(monkeypatch, StoreFull(where="kart"), None)
    assert bench.line(office).run(1) == StationTally(made=1)


def test_a_person_repeats_skips_pauses_and_stops(
    bench: Bench, office: FakeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    Failing(monkeypatch, DeviceFailed(support="CKR_DEVICE_ERROR"))
    desk = person(bench, "x", "b", "", "", "?", "", "d")
    assert bench.line(office, desk=desk).run() == StationTally(made=1)
    assert bench.said[-1].startswith("Durduruldu. Eldeki sipariş bu istasyonda kaldı")
    desk = person(bench, "a")
    assert bench.line(office, desk=desk).run(drain=True) == StationTally(skipped=1)
    assert "Sipariş atlandı; başka bir istasyon alabilir." in bench.said


def test_a_begun_card_is_not_skipped(bench: Bench, office: FakeOffice) -> None:
    office.begun = True
    office.faults = {"skip": [away(), refusal("card_begun")]}
    desk = person(bench, "a", "", "")
    assert bench.line(office, desk=desk).run(drain=True) == StationTally(made=2)
    assert "Bu kart yazılmaya başlanmış; aynı kartı takın." in bench.said
    assert "Olmaz. Neden card_begun" in bench.said


@pytest.mark.parametrize(
    ("key", "told", "answer", "words"),
    [
        (
            "y",
            ("card_faulty", "True"),
            FailAnswer(stopped=False, ordered_again=True, why_not=""),
            "Yeni kart istendi",
        ),
        (
            "y",
            ("card_faulty", "True"),
            FailAnswer(stopped=False, ordered_again=False, why_not="Stok bitti."),
            "Yeni kart istenemedi: Stok bitti.",
        ),
        (
            "v",
            ("card_faulty", "False"),
            FailAnswer(stopped=False, ordered_again=False, why_not=""),
            "Başvuru üretim sırasına döndü.",
        ),
    ],
)
def test_a_person_says_what_becomes_of_a_failed_card(
    bench: Bench,
    office: FakeOffice,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    told: tuple[str, str],
    answer: FailAnswer,
    words: str,
) -> None:
    Failing(monkeypatch, DeviceFailed(support="CKR_DEVICE_ERROR"))
    office.failing = answer
    office.faults = {"fail": [away()]}
    assert bench.line(office, desk=person(bench, "", key, "d")).run() == StationTally(failed=1)
    assert [one[2:] for one in office.asked if one[0] == "fail"] == [told, told]
    assert any(line.startswith(words) for line in bench.said)
    assert "Kartı imhaya ayırın: kutu K-7, kart no 0012 (B000000000)." in bench.said


def test_a_card_whose_order_is_over_by_then_is_set_aside_all_the_same(
    bench: Bench, office: FakeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    Failing(monkeypatch, DeviceFailed(support="CKR_DEVICE_ERROR"))
    office.faults = {"fail": [refusal("order_void")]}
    assert bench.line(office, desk=person(bench, "", "v", "d")).run() == StationTally(failed=1)
    assert "Olmaz. Neden order_void" in bench.said


def test_a_result_that_the_office_does_not_take_is_kept_apart(
    bench: Bench, office: FakeOffice, spool: Spool
) -> None:
    result = SpooledResult(office.url, "1", "B000000007", "K-7", "0013", b"der")
    spool.keep(result)
    office.faults = {"hand_in": [refusal("result_differs")]}
    assert bench.line(office).run(1) == StationTally(made=1, failed=1)
    assert "Kartı imhaya ayırın: kutu K-7, kart no 0013 (B000000007)." in bench.said
    assert spool.results() == []
    assert (spool.folder / REFUSED / result.name).is_file()


def test_a_result_that_was_damaged_is_read_from_its_card_once_more(
    bench: Bench, office: FakeOffice
) -> None:
    office.faults = {"hand_in": [refusal("result_damaged")]}
    assert bench.line(office).run(drain=True) == StationTally(made=2)
    assert len(office.taken) == 2
    assert bench.waited == [1]


def test_a_result_of_an_office_that_is_not_named_waits_for_it(
    bench: Bench, office: FakeOffice, spool: Spool
) -> None:
    spool.keep(SpooledResult("https://c.example", "1", "B000000007", "", "", b"der"))
    office.orders = []
    assert bench.line(office).run(drain=True) == StationTally()
    assert len(spool.results()) == 1
    assert bench.said[0] == (
        "https://c.example bu istasyonda ayarlı değil; B000000007 başvurusunun kartı sonucu saklı "
        "kalıyor."
    )
