"""What the step of packed papers does: older code stops, and whoever goes back finds papers."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from migrations.run import downgrade, upgrade
from states.papers import packing

if TYPE_CHECKING:
    from tests.kit.postgres import Database

ADD = text("""
INSERT INTO document (sha256, kind, code, revision, media_type, content, verification_code,
    created_at)
VALUES (:sha256, 'hand_over', 'KT.01', '01', 'application/pdf', :content, :code, now())
""")


def test_who_goes_back_finds_the_papers_themselves(empty_database: Database) -> None:
    upgrade(empty_database.url)
    papers = [packing.specimen(1) + b"%%%d" % number for number in range(103)]
    kept = [*(packing.pack(paper, 1) for paper in papers), b"%PDF-1.7 of before"]
    papers.append(kept[-1])
    with empty_database.owner.begin() as connection:
        for number, (paper, content) in enumerate(zip(papers, kept, strict=True)):
            sha256 = hashlib.sha256(paper).hexdigest()
            code = f"0000-0000-0000-0000-{number:04}"
            connection.execute(ADD, {"sha256": sha256, "content": content, "code": code})
    downgrade(empty_database.url, "0050")
    with empty_database.owner.connect() as connection:
        found = connection.execute(text("SELECT sha256, content FROM document")).all()
    assert {sha256: hashlib.sha256(content).hexdigest() for sha256, content in found} == {
        hashlib.sha256(paper).hexdigest(): hashlib.sha256(paper).hexdigest() for paper in papers
    }
    with (
        empty_database.owner.begin() as connection,
        pytest.raises(DBAPIError, match="what was written stays") as refused,
    ):
        connection.execute(text("UPDATE document SET content = ''"))
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)
    upgrade(empty_database.url)
    noted = text("SELECT compatible FROM step WHERE number = '0051'")
    with empty_database.owner.connect() as connection:
        assert connection.execute(noted).scalar_one() is False
