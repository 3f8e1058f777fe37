"""What came of a message, as its reader is told: each state and each try in its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from states.cases.notice import Notice, NoticeState, TryOutcome
from tests.web.portal.test_messages import _tried, told

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.web.portal.conftest import Holder

__all__ = ["told"]

SAID = {
    NoticeState.WRITTEN: ("E-posta", "Gönderilmeyi bekliyor"),
    NoticeState.HANDED_OVER: ("E-posta", "Posta sunucusuna verildi"),
    NoticeState.DELIVERED: ("E-posta", "Teslim edildi"),
    NoticeState.BOUNCED: ("E-posta", "Adrese ulaşmadı Adresinizi denetleyiniz."),
    NoticeState.GIVEN_UP: ("E-posta", "Gönderilemedi Adresinizi denetleyiniz."),
    NoticeState.NOT_SENT: ("Yalnız bu sayfa", "Gönderilmedi; yalnız sayfalarda okunur"),
}
"""What the list says of a message in each state: where it went, and with what result."""


@pytest.mark.parametrize("state", SAID)
def test_a_message_in_each_state_says_where_it_went_and_with_what_result(
    world: World, holder: Holder, told: Notice, state: NoticeState
) -> None:
    with world.engine.database.begin() as connection:
        connection.execute(update(Notice).where(Notice.id == told.id).values(state=state.value))
    cells = holder.browser.get("/mesajlarim").all("td")
    assert tuple(cells[1:]) == SAID[state]
    page = holder.browser.get(f"/mesajlarim/{told.id}")
    unreached = state in {NoticeState.BOUNCED, NoticeState.GIVEN_UP}
    assert ("Bu ileti adresinize ulaşmadı." in page.text) is unreached
    assert ("Adresimi nasıl düzeltirim?" in page.links) is unreached


TRIED = {
    TryOutcome.TAKEN: "Sunucu aldı",
    TryOutcome.TRY_LATER: "Sunucu şimdi almadı; yeniden denenir",
    TryOutcome.REFUSED: "Sunucu iletiyi kabul etmedi",
    TryOutcome.BAD_ADDRESS: "Bu adrese ulaşılamıyor",
    TryOutcome.NO_ADDRESS: "Kayıtlı adres yoktu",
    TryOutcome.WITHHELD: "Gönderilmedi",
}
"""What the page of a message says of each try of the postman."""


@pytest.mark.parametrize("outcome", TRIED)
def test_each_try_is_told_without_the_words_of_the_server(
    world: World, holder: Holder, told: Notice, outcome: TryOutcome
) -> None:
    _tried(world, told, outcome)
    page = holder.browser.get(f"/mesajlarim/{told.id}")
    assert page.all("td") == ["02.03.2026 12:00", "E-posta", TRIED[outcome]]
    assert "550 words" not in page.text
