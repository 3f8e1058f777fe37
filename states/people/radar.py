"""The radar: where the certificates of an institution's people stand, by line and by figure."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class RadarLine(Base):
    """One certificate that counts, as the last sweep found it: whose unit, where it stands.

    ``standing`` is a ``handlers.radar.standing.RadarStanding``; ``consented`` says whether the
    e-onay of its person was in force.
    """

    __tablename__ = "radar_line"
    __table_args__ = (
        Index("ix_radar_line_person", "person_id"),
        Index("ix_radar_line_institution", "institution_id"),
        Index("ix_radar_line_standing", "standing", "ends_on", "certificate_id"),
    )

    certificate_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("certificate.id"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    institution_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("institution.id"))
    standing: Mapped[str] = mapped_column(Text)
    consented: Mapped[bool]
    ends_on: Mapped[date]


class RadarFigure(Base):
    """What the lines of a unit and of all below it come to.

    ``counts`` is a number for each standing and ``own`` the same of the unit itself alone;
    ``days`` a number for each last day (ISO); ``unconsented`` how many have no e-onay in force.
    """

    __tablename__ = "radar_figure"

    institution_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("institution.id"), primary_key=True
    )
    total: Mapped[int]
    unconsented: Mapped[int]
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)
    own: Mapped[dict[str, int]] = mapped_column(JSONB)
    days: Mapped[dict[str, int]] = mapped_column(JSONB)
    counted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class RadarWeek(Base):
    """The figures of a unit as they stood at the first whole sweep of a week (its Monday)."""

    __tablename__ = "radar_week"

    institution_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("institution.id"), primary_key=True
    )
    week: Mapped[date] = mapped_column(primary_key=True)
    total: Mapped[int]
    unconsented: Mapped[int]
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)


class RadarSweep(Base):
    """How far the figures are: one row.

    ``day`` and ``terms`` are what the last whole sweep judged by; ``whole_at`` is empty while one
    is under way or was broken off; up to ``swept_at`` each change has been looked at.
    """

    __tablename__ = "radar_sweep"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    day: Mapped[date]
    terms: Mapped[str | None] = mapped_column(Text)
    whole_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    swept_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
