"""Random histories of many people against a plain re-telling of the ladder's rules."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from handlers.reminders import sweep as ladder
from states.cases.notice import Notice
from states.logs.reminder import Ladder, Reminder
from states.people.tckn import check_digits
from tests.kit.handlers.consents import consented
from workflow.model.clock import day_in_istanbul, start_of_day

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

RENEWAL = (180, 90, 60, 30, 15, 7, 1)
E_ONAY = (150, 75, 45, 20, 5)
PEOPLE = 20
LOOKS = 30

Sent = tuple[date, str, int]


@dataclass
class Holder:
    """What is so of one person, and what the rules say that they have been sent."""

    person: int
    certificate: int
    ends_on: date
    consented: bool = False
    application: str = ""
    held: bool = False
    stopped: bool = False
    left: bool = False
    sent: list[Sent] = field(default_factory=list)

    def look(self, day: date) -> None:
        """Tell the rules once more, in words of their own.

        A step is the smallest number of days that is not less than what is left. It is sent once,
        and none that is older than one that was sent. Nothing is sent after the end, to who left
        or was stopped, nor while others are at the application. The e-onay is asked for of who
        has none and whose card works, on no day on which the end is told of.
        """
        left = (self.ends_on - day).days
        if left < 0 or self.left or self.stopped or self.application == "in_review":
            return
        told = self._step(day, Ladder.RENEWAL, RENEWAL, left)
        if not (told or self.consented or self.held):
            self._step(day, Ladder.E_ONAY, E_ONAY, left)

    def _step(self, day: date, name: Ladder, steps: tuple[int, ...], left: int) -> bool:
        mine = [step for on, of, step in self.sent if of == name]
        new = min((step for step in steps if step >= left), default=None)
        if new is not None and all(new < step for step in mine):
            self.sent.append((day, name.value, new))
            return True
        return any(on == day and of == name for on, of, _ in self.sent)


class Crowd:
    """People to whom things happen, in the books and in the re-telling alike."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.draw, self.done = world, Random(seed), Counter[str]()
        self.begin = day_in_istanbul(world.clock.now())
        self.holders = [self.enter(number) for number in range(PEOPLE)]

    def enter(self, number: int) -> Holder:
        """Enter somebody whose certificate ends within the year."""
        first = f"{992_000_000 + number}"
        me = self.world.person(first + check_digits(first))
        ends_on = self.begin + timedelta(days=self.draw.randrange(330))
        return Holder(me, self.world.certificate(me, ends_on, f"b{me:x}"), ends_on)

    def happen(self, one: Holder) -> None:
        """Let one thing happen to somebody."""
        act = self.draw.choice((self.consent, self.apply, self.hold, self.stop, self.leave))
        act(one)
        self.done[act.__name__] += 1

    def consent(self, one: Holder) -> None:
        """Give the e-onay, or take it back."""
        one.consented = not one.consented
        # One for an older text is in force still, and counts no more.
        self.change("consent SET state = 'withdrawn' WHERE person_id = :id", one.person)
        if one.consented:
            consented(self.world, one.person)

    def apply(self, one: Holder) -> None:
        """File a renewal, have it looked at, or cancel it."""
        one.application = {"": "draft", "draft": "in_review", "in_review": ""}[one.application]
        if one.application == "draft":
            self.world.write(
                "INSERT INTO application (kind, person_id, old_certificate_id, definition, state,"
                " version, head, entered_at, created_at) SELECT 'renewal', person_id, id,"
                " definition, 'draft', 1, head, entered_at, created_at FROM certificate"
                " WHERE id = :id", id=one.certificate,
            )  # fmt: skip
            return
        state = one.application or "cancelled"
        self.change(
            f"application SET state = '{state}' WHERE person_id = :id AND state <> 'cancelled'",
            one.person,
        )

    def hold(self, one: Holder) -> None:
        """Have the holder suspend the certificate, or use it again."""
        one.held = not one.held
        now = (
            "'suspended', suspended_by = 'holder'" if one.held else "'active', suspended_by = NULL"
        )
        self.change(f"certificate SET state = {now} WHERE id = :id", one.certificate)

    def stop(self, one: Holder) -> None:
        """Stop the reminders, or let them go on."""
        one.stopped = not one.stopped
        day = "'2026-01-01'" if one.stopped else "NULL"
        self.change(f"certificate SET reminders_stopped_on = {day} WHERE id = :id", one.certificate)

    def leave(self, one: Holder) -> None:
        """Leave office, or come back."""
        one.left = not one.left
        standing = "left" if one.left else "in_office"
        self.change(f"person SET standing = '{standing}' WHERE id = :id", one.person)

    def change(self, what: str, number: int) -> None:
        """Change a row behind the office's back."""
        self.world.write(f"UPDATE {what}", id=number)

    def new_terms(self) -> None:
        """Bring a new text of the e-onay, for which nobody has given it yet."""
        self.world.write(
            "INSERT INTO terms (version, text, valid_from)"
            " VALUES ('EO.99/01 (BF.99/01)', 'TEST', :now)", now=self.world.clock.now(),
        )  # fmt: skip
        for one in self.holders:
            one.consented = False


def kept(world: World) -> dict[int, list[Sent]]:
    """Return what was sent to whom, in the order of sending."""
    found: dict[int, list[Sent]] = {}
    for row in world.all(Reminder):
        assert row.message is not None
        found.setdefault(row.person_id, []).append((row.sent_on, row.ladder, row.step))
    return found


def test_what_is_sent_in_any_history_is_what_the_rules_say(world: World) -> None:
    crowd = Crowd(world, 3)
    day = crowd.begin
    for look in range(LOOKS):
        if look == LOOKS // 2:
            crowd.new_terms()
        for one in crowd.holders:
            if crowd.draw.random() < 0.25:
                crowd.happen(one)
        world.clock.set(start_of_day(day) + timedelta(hours=9))
        before = sum(len(one.sent) for one in crowd.holders)
        for one in crowd.holders:
            one.look(day)
        assert ladder.remind(world.engine) == sum(len(one.sent) for one in crowd.holders) - before
        day += timedelta(days=crowd.draw.choice((1, 1, 2, 5, 15, 30)))
    expected = {one.person: one.sent for one in crowd.holders if one.sent}
    assert ladder.remind(world.engine) == 0  # once a day
    assert kept(world) == expected
    _each_was_really_told(world, expected)
    assert set(crowd.done) == {"consent", "apply", "hold", "stop", "leave"}


def _each_was_really_told(world: World, expected: dict[int, list[Sent]]) -> None:
    told = Counter(
        (row.person_id, day_in_istanbul(row.created_at), row.template)
        for row in world.all(Notice)
        if row.template.startswith("reminder/")
    )
    assert told == Counter(
        (person, on, f"reminder/{name}")
        for person, sent in expected.items()
        for on, name, _ in sent
    )
    a_day = Counter((person, on) for person, on, _ in told)
    assert max(a_day.values()) == 1
    assert {name for _, _, name in told} == {"reminder/renewal", "reminder/e_onay"}
