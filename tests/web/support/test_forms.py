"""What is typed of a support unit becomes what is kept, or a sentence."""

from __future__ import annotations

import pytest

from states.kit.invalid import Invalid
from web.support.forms import values_of


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        (("Destek", "", " "), "support.unreached"),
        (("", "0 224 111 22 33", ""), "support.nameless"),
        (("", "", "destek@ornek.invalid"), "support.nameless"),
        (("x" * 121, "", "destek@ornek.invalid"), "support.long"),
        (("Destek", "12", ""), "phone.form"),
        (("Destek", "", "destek"), "email.at"),
    ],
)
def test_a_unit_nobody_could_reach_is_refused(unit: tuple[str, str, str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        values_of(1, *unit)
    assert refused.value.code == code


def test_an_identity_number_is_no_name_of_a_unit() -> None:
    named = values_of(1, "Destek 10000000146", "", "destek@ornek.invalid")
    assert named["unit"] == "Destek 100******46"


def test_a_unit_is_kept_as_its_readers_need_it() -> None:
    assert values_of(4, " Bilgi  İşlem ", "0 224 111 22 33", "") == {
        "institution_id": 4, "unit": "Bilgi İşlem", "phone": "+90 224 111 22 33", "email": None,
        "person_id": None,
    }  # fmt: skip
    assert values_of(4, "", "", " ")["unit"] is None
