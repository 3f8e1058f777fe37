"""The tests of what people see of a certificate that another authority made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.cases.certificate import Certificate
from states.kit.reference import reference
from tests.kit.handlers.typed import typed

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor


@pytest.fixture
def foreign(world: World, newcomer_id: int) -> int:
    """Give a certificate of another house of which a list has typed number and end."""
    return typed(world, newcomer_id).certificate_id


def test_a_typed_certificate_says_so_and_is_neither_suspended_nor_revoked(
    world: World, foreign: int, newcomer: Visitor
) -> None:
    path = f"/sertifikalarim/{reference('certificate', foreign)}"
    page = newcomer.get(path)
    assert "Yalnız beyan edildi, henüz görülmedi" in page.text
    assert "Kartınızla bir kez giriş yapınız" in page.text
    assert "hemen veren kuruluşu arayınız: adı ve telefonu kartınızla" in page.text
    assert {"Askıya al", "İptal et"} & set(page.links) == set()
    for way in ("askiya-al", "iptal-et"):
        refused = newcomer.get(f"{path}/{way}", 409)
        assert "yalnız sertifikayı veren kuruluştan istenir" in refused.text
        assert "başka bir durumda" not in refused.text
    seen = str(world.read(Certificate, foreign).version)
    answer = newcomer.post(f"{path}/iptal-et", 409, seen=seen, reason="çalındı")
    assert "veren kuruluştan istenir" in answer.text
    assert world.read(Certificate, foreign).state == "active"


def test_a_certificate_that_has_been_seen_says_so_and_names_its_authority(
    world: World, newcomer_id: int, newcomer: Visitor
) -> None:
    held = typed(world, newcomer_id)
    world.consent(newcomer_id, held)
    row = world.read(Certificate, held.certificate_id)
    page = newcomer.get(f"/sertifikalarim/{row.reference}")
    assert "Kartıyla atılan bir imzada görüldü" in page.text
    assert f"hemen veren kuruluşu arayınız: {row.issuer}." in page.text
    assert "Kartınızla bir kez giriş" not in page.text
