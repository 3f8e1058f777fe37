"""The circuit breaker alone, on a clock that the test turns."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from signing import errors
from signing.tokens.breaker import FAULTS, Breaker, BreakerLimits
from tests.kit.signing.faults import Clock
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = BreakerLimits(failures=3, rest=30.0, slow=5.0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker("OFFICE", clock, PATIENCE)


def raising(refusal: errors.SigningError) -> Callable[[], None]:
    def work() -> None:
        raise refusal

    return work


def fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(errors.DeviceFailed):
            breaker.watch(raising(errors.DeviceFailed(support="x")))


def good(breaker: Breaker) -> str:
    return breaker.watch(lambda: "signature")


def test_a_working_device_is_never_refused(breaker: Breaker) -> None:
    for _ in range(10):
        assert breaker.admit() is False
        assert good(breaker) == "signature"


def test_what_the_work_is_given_reaches_it(breaker: Breaker) -> None:
    assert breaker.watch(lambda *what: what, 1, "two") == (1, "two")


def test_the_third_failure_in_a_row_opens_it(breaker: Breaker) -> None:
    fail(breaker, 2)
    assert breaker.admit() is False
    fail(breaker)
    with refusing(errors.DeviceResting, match="Kart aygıtı bekleniyor.*OFFICE. 30 saniye"):
        breaker.admit()


def test_a_success_between_failures_begins_the_count_anew(breaker: Breaker) -> None:
    fail(breaker, 2)
    good(breaker)
    fail(breaker, 2)
    assert breaker.admit() is False


def test_the_seconds_that_are_left_are_told_and_never_none(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 12.5
    with pytest.raises(errors.DeviceResting) as caught:
        breaker.admit()
    assert caught.value.params == {"label": "OFFICE", "seconds": 18}
    clock.now += 17.5 - 0.001
    with refusing(errors.DeviceResting, match=" 1 saniye"):
        breaker.admit()


def test_after_the_rest_one_probe_passes_and_the_others_are_refused(
    breaker: Breaker, clock: Clock
) -> None:
    fail(breaker, 3)
    clock.now += 30
    assert breaker.admit() is True
    with refusing(errors.DeviceResting, match=" 1 saniye"):
        breaker.admit()


def test_a_good_probe_closes_it(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 30
    probe = breaker.admit()
    good(breaker)
    breaker.leave(probe=probe)
    assert [breaker.admit() for _ in range(3)] == [False] * 3
    fail(breaker, 2)
    assert breaker.admit() is False


def test_a_failed_probe_opens_it_for_another_rest(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 31
    probe = breaker.admit()
    fail(breaker)
    breaker.leave(probe=probe)
    with refusing(errors.DeviceResting, match=" 30 saniye"):
        breaker.admit()
    clock.now += 30
    assert breaker.admit() is True


def test_a_probe_that_asked_the_device_nothing_leaves_the_next_one_to_probe(
    breaker: Breaker, clock: Clock
) -> None:
    fail(breaker, 3)
    clock.now += 30
    breaker.leave(probe=breaker.admit())
    assert breaker.admit() is True


def test_who_was_let_in_before_does_not_give_the_probe_away(breaker: Breaker, clock: Clock) -> None:
    early = breaker.admit()
    fail(breaker, 3)
    clock.now += 30
    assert breaker.admit() is True
    breaker.leave(probe=early)
    with pytest.raises(errors.DeviceResting):
        breaker.admit()


def test_a_slow_answer_is_given_and_counts_as_a_failure(breaker: Breaker, clock: Clock) -> None:
    def slow() -> str:
        clock.now += 5.001
        return "signature"

    assert [breaker.watch(slow) for _ in range(3)] == ["signature"] * 3
    with pytest.raises(errors.DeviceResting):
        breaker.admit()


def test_an_answer_in_good_time_is_no_failure(breaker: Breaker, clock: Clock) -> None:
    def quick() -> None:
        clock.now += 5.0

    for _ in range(4):
        breaker.watch(quick)
    assert breaker.admit() is False


@pytest.mark.parametrize("kind", FAULTS)
def test_each_refusal_that_speaks_of_the_device_counts(
    kind: type[errors.SigningError], breaker: Breaker
) -> None:
    refusal = kind(label="x", module="x", support="x", where="x", folder="x")
    for _ in range(3):
        with pytest.raises(kind):
            breaker.watch(raising(refusal))
    with pytest.raises(errors.DeviceResting):
        breaker.admit()


@pytest.mark.parametrize(
    "refusal",
    [
        errors.PinWrong(),
        errors.PinLocked(),
        errors.PinLastTry(),
        errors.PinMustChange(),
        errors.PinLength(min=4, max=16),
        errors.KeyAbsent(label="x"),
        errors.StoreBusy(),
        errors.RequestInvalid(field="x", reason="x"),
    ],
    ids=lambda refusal: refusal.code,
)
def test_what_the_device_answered_in_good_health_does_not_count(
    refusal: errors.SigningError, breaker: Breaker
) -> None:
    for _ in range(9):
        with pytest.raises(type(refusal)):
            breaker.watch(raising(refusal))
    assert breaker.admit() is False


def test_of_many_threads_one_gets_the_probe(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 30
    start = threading.Barrier(8)
    answers: list[bool | None] = []

    def ask() -> None:
        start.wait()
        try:
            answers.append(breaker.admit())
        except errors.DeviceResting:
            answers.append(None)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers, key=str) == [None] * 7 + [True]
