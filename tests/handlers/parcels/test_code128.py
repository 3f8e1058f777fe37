"""Barcodes: bar for bar what another program draws, and legible on the page."""

from __future__ import annotations

import re
from itertools import groupby

import pytest

from handlers.parcels import code128
from handlers.parcels.code128 import draw_code128, modules, values, widths

DRAWN_BY_ANOTHER = {
    "PJJ123C": "2112143131211121331121331232212232112211321313213113212331112",
    "YK00000012345678": (
        "2112143121131123311131412122222122222122221122321311233311212411122132122331112"
    ),
    "1234": "2112321122321311231212412331112",
    "12345": "2112321122321311231141312132123111232331112",
    "A1234567B": "2112141113231131411122321311233311211141313121311311231122142331112",
    "YK1234": "2112143121131123311131411122321311232313112331112",
    "a~ 9": "2112141211241311412122223211221131232331112",
    "123456-7": "2112321122321311233311211141311221323121313222112331112",
    "0012345678": "2112322122221122321311233311212411122132122331112",
}
"""Widths that ZXing-C++ 3.1 drew, which also read our pages: a program of others."""


@pytest.mark.parametrize("text", DRAWN_BY_ANOTHER)
def test_the_bars_are_those_of_another_program(text: str) -> None:
    assert "".join(map(str, widths(text))) == DRAWN_BY_ANOTHER[text]


def test_digits_go_in_pairs_where_that_is_shorter_and_only_there() -> None:
    assert values("AB-12") == [104, 33, 34, 13, 17, 18, 93, 106]
    assert values("A12345B") == [104, 33, 17, 18, 19, 20, 21, 34, 44, 106]
    assert values("A123456B")[:4] == [104, 33, 99, 12]
    assert values("12") == [104, 17, 18, 54, 106]


def test_each_sign_has_eleven_modules_and_an_even_sum_of_bars_and_no_two_are_alike() -> None:
    signs = [[int(width) for width in sign] for sign in code128._WIDTHS]  # noqa: SLF001 - the table itself
    assert len(signs) == 107
    assert len({tuple(sign) for sign in signs}) == 107
    assert {sum(sign) for sign in signs[:-1]} == {11}
    assert {sum(sign[::2]) % 2 for sign in signs[:-1]} == {0}
    assert signs[-1] == [2, 3, 3, 1, 1, 1, 2]


@pytest.mark.parametrize("text", ["", "ığ", "a\nb", "\x7f"])
def test_what_no_reader_gives_back_is_not_drawn(text: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        values(text)


def test_the_drawing_is_read_back_bar_by_bar_with_its_quiet_zones() -> None:
    text = "YK00000012345678"
    svg = draw_code128(text)
    total = modules(text)
    assert f'viewBox="0 0 {total} 40"' in svg
    row = [0] * total
    for start, width in re.findall(r"M([0-9]+) 0h([0-9]+)v40h-\2z", svg):
        for place in range(int(start), int(start) + int(width)):
            row[place] += 1
    assert set(row) == {0, 1}
    runs = [(value, len(list(run))) for value, run in groupby(row)]
    assert runs[0] == runs[-1] == (0, 10)
    assert [width for _, width in runs[1:-1]] == widths(text)
