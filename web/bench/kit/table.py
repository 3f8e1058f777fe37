"""The rows of the benchmark: what is measured, what it must hold and what it aims at."""

from __future__ import annotations

from dataclasses import asdict, dataclass

BELOW = "≤"
ABOVE = "≥"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: our value, the bare competitor's, their ratio and the bounds that are held.

    ``better`` says on which side of ``hold`` and ``aim`` the ratio should lie.
    """

    name: str
    ours: float
    bare: float
    unit: str
    hold: float
    aim: float
    better: str

    @property
    def ratio(self) -> float:
        """Ours over theirs."""
        return self.ours / self.bare

    @property
    def holds(self) -> bool:
        """Say whether the ratio is on the right side of what it must hold."""
        return self.ratio <= self.hold if self.better == BELOW else self.ratio >= self.hold

    def as_json(self) -> dict[str, object]:
        """Return the row for machines."""
        row = asdict(self)
        better = row.pop("better")
        row["hold"] = f"{better} {self.hold:g}"
        row["aim"] = f"{better} {self.aim:g}"
        return {**row, "ratio": round(self.ratio, 3)}
