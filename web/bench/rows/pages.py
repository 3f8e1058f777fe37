"""The measurement of the pages: the same ones over a small office and over a large one."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from statistics import quantiles
from typing import TYPE_CHECKING

from states.kit.reference import reference
from web.bench.kit.crowd import gone, tracking_number_of
from web.bench.kit.reader import Reader
from web.bench.kit.table import BELOW, Figure
from web.demo.wave.invented import name_of, serial_of, tckn_of
from web.gate.limits import limiter
from web.site.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from web.gate.composition import Composition

OFFICER, AUDITOR = 1, 3
ROUNDS = 60
"""How often each page is opened on each side."""

WARM_UP = 5

Ask = tuple[str, dict[str, str] | None]
"""The address of a page, and the form that is sent to it if it is not only opened."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One sort of page: who opens it, and its address for the case with a number."""

    name: str
    account: int
    of: Callable[[int], Ask]


def _case(number: int) -> str:
    return reference("application", number)


VISITS = (
    Visit("İş listem", OFFICER, lambda _: ("/is-listem", None)),
    Visit(
        "a filtered list", OFFICER,
        lambda n: (f"/basvurular?tur=renewal&sure={('soon', 'later')[n % 2]}", None),
    ),
    Visit("search by reference", OFFICER, lambda n: ("/ara", {"q": _case(n)})),
    Visit("search by TCKN", OFFICER, lambda n: ("/ara", {"q": tckn_of(n)})),
    Visit("search by name", OFFICER, lambda n: ("/ara", {"q": " ".join(reversed(name_of(n)))})),
    Visit("search by serial", OFFICER, lambda n: ("/ara", {"q": serial_of(gone(n, "hold"))})),
    Visit(
        "search by tracking number", OFFICER,
        lambda n: ("/ara", {"q": tracking_number_of(gone(n, "deliver"))}),
    ),
    Visit("case page", OFFICER, lambda n: (f"/is/{_case(n)}", None)),
    Visit(
        "journal, one transition", AUDITOR,
        lambda n: (f"/denetim/gunluk?islem={('deliver', 'hold', 'expire')[n % 3]}", None),
    ),
    Visit(
        "journal, one actor", AUDITOR,
        lambda n: (f"/denetim/gunluk?kim=user:{1 + n % 2}", None),
    ),
    Visit("overview", OFFICER, lambda _: ("/genel-bakis", None)),
)  # fmt: skip


@dataclass(slots=True)
class Side:
    """One office under measurement: its readers, its size, and the seconds of each page."""

    readers: dict[int, Reader]
    cases: int
    draw: Random

    @classmethod
    def of(cls, composition: Composition, cases: int) -> Side:
        """Open an office of so many cases to one reader of each account."""
        site = create_app(composition)
        readers = {account: Reader(site, account) for account in (OFFICER, AUDITOR)}
        return cls(readers, cases, Random(5070))  # noqa: S311 - the same draw on each run

    def open(self, visit: Visit) -> float:
        """Open one page of a sort for a case drawn at random; return its seconds."""
        path, form = visit.of(self.draw.randint(1, self.cases))
        return self.readers[visit.account].timed(path, form)


def measure(
    small: tuple[Composition, int], large: tuple[Composition, int], tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Yield p50 and p95 of each page over the large office against the small one, in turns."""
    throttled, limiter.enabled = limiter.enabled, False  # one reader asks for everybody
    try:
        few, many = Side.of(*small), Side.of(*large)
        for visit in VISITS:
            tell(f"opening pages: {visit.name}")
            for side in (few, many):
                for _ in range(WARM_UP):
                    side.open(visit)
            times = [(many.open(visit), few.open(visit)) for _ in range(ROUNDS)]
            ours, theirs = ([pair[place] * 1e3 for pair in times] for place in (0, 1))
            yield from _figures(visit.name, ours, theirs)
    finally:
        limiter.enabled = throttled


def _figures(name: str, ours: list[float], theirs: list[float]) -> Iterator[Figure]:
    for share in (50, 95):
        large, small = (quantiles(times, n=100)[share - 1] for times in (ours, theirs))
        yield Figure(f"{name}, p{share}, large against small", large, small, "ms", 3, 1.5, BELOW)
