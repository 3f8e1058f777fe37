"""What is printed for parcels: the list that the driver signs, labels, the sheet of a card.

The list is a controlled document and is sealed; labels and carrier sheets are drawn when somebody
prints them and are kept nowhere.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from handlers.papers import letters
from handlers.papers.letters import sheets
from handlers.papers.sealed import make_paper
from handlers.parcels.code128 import draw_code128, modules
from workflow.model.clock import day_in_istanbul

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.kit.services import Services

FOLDER = Path(__file__).parent
LONGEST_ADDRESS = 180
"""Characters of an address that a label has place for."""

LONGEST_TOWN = 60


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """A sheet of labels; lengths in millimetres, ``gap`` between its columns."""

    columns: int
    rows: int
    width: float
    height: float
    top: float
    left: float
    gap: float

    @property
    def places(self) -> int:
        """How many labels a sheet has."""
        return self.columns * self.rows


A4_14 = LabelSheet(columns=2, rows=7, width=99.1, height=38.1, top=15.15, left=4.65, gap=2.5)
"""Fourteen labels of 99.1 × 38.1 mm, the usual ones for addresses."""


@dataclass(frozen=True, slots=True)
class PrintedParcel:
    """What stands on paper of a parcel; ``card`` is the number of the card in it."""

    tracking_number: str
    reference: str
    name: str
    address: str
    card: str = ""

    @property
    def town(self) -> str:
        """The last part of the address: all that a list tells of where a parcel goes."""
        return self.address.rpartition(",")[2].strip()[:LONGEST_TOWN]


@dataclass(frozen=True, slots=True)
class ManifestHead:
    """Which hand-over list it is: its number, and when it was closed."""

    number: str
    closed_at: datetime


def make_manifest(
    services: Services, head: ManifestHead, parcels: Sequence[PrintedParcel]
) -> letters.Made:
    """Set and seal the list of a hand-over, in the order of its parcels.

    The token is asked, so this stands outside any transaction. Raises the refusals of the token.
    """
    values = {
        "number": head.number,
        "day": letters.long_date(day_in_istanbul(head.closed_at)),
        "closed_at": letters.local_time(head.closed_at),
        "parcels": [
            {
                "tracking_number": one.tracking_number,
                "reference": one.reference,
                "town": one.town,
                **_bars(one.tracking_number),
            }
            for one in parcels
        ],
    }
    return make_paper(services, letters.COURIER_MANIFEST, values, head.closed_at)


def draw_labels(parcels: Sequence[PrintedParcel], drawn_at: datetime, *, skipped: int = 0) -> bytes:
    """Return the PDF of labels; ``skipped`` places of the first sheet are used up already."""
    values = {
        "office": sheets.OFFICE,
        "sheet": asdict(A4_14),
        "skipped": skipped % A4_14.places,
        "parcels": [_written(one) for one in parcels],
    }
    return sheets.set_sheet((FOLDER / "labels.typ").read_bytes(), values, drawn_at)


def draw_carrier(parcel: PrintedParcel, drawn_at: datetime) -> bytes:
    """Return the PDF of the sheet that carries a card in its envelope."""
    values = {"office": sheets.OFFICE, "card": sheets.shown(parcel.card), **_written(parcel)}
    return sheets.set_sheet((FOLDER / "carrier.typ").read_bytes(), values, drawn_at)


def _written(parcel: PrintedParcel) -> dict[str, object]:
    long = len(parcel.address) > LONGEST_ADDRESS
    address = f"{parcel.address[: LONGEST_ADDRESS - 1]}…" if long else parcel.address
    return {
        "tracking_number": parcel.tracking_number,
        "reference": parcel.reference,
        "name": sheets.shown(parcel.name),
        "address": sheets.shown(address),
        "qr": sheets.qr_code(parcel.tracking_number),
        **_bars(parcel.tracking_number),
    }


def _bars(tracking_number: str) -> dict[str, object]:
    return {"bars": draw_code128(tracking_number), "modules": modules(tracking_number)}
