"""The history of definitions: when each was published, how many cases it has, what changed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.kit.handlers.world import officer as officer_actor
from tests.kit.web.staff import waiting_for_paper
from workflow.engine.library import publish
from workflow.loading.publish import canonical_of, from_canonical
from workflow.running.journal_verification import ask, prove

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor
    from workflow.model.definition import Definition

PAGE = "/denetim/tanimlar"


@pytest.fixture
def older(world: World) -> Definition:
    """Publish an older definition of the application, with another rule and timer."""
    now = world.engine.library.current["application"]
    document = json.loads(now.canonical)
    document["states"][0]["due"] = "20 days"
    document["title"]["tr"] = "Eski başvuru"
    found = from_canonical(canonical_of(document))
    publish(world.engine.database, {"application": found}, world.clock.now() - timedelta(days=9))
    return found


def test_each_definition_is_listed_newest_first_with_when_it_was_published(
    world: World, auditor: Visitor, older: Definition
) -> None:
    page = auditor.get(PAGE)
    assert page.heading == "Tanımlar"
    current = world.engine.library.current
    assert {f"{definition.title.tr} (1)" for definition in current.values()} - set(
        page.all("h2")
    ) == {"NES başvurusu (1)"}
    assert "NES başvurusu (2)" in page.all("h2")
    rows = page.all("th", scope="row")
    newer = f"{current['application'].sha256[:16]}… Yürürlükte"
    assert rows.index(newer) == rows.index(f"{older.sha256[:16]}…") - 1
    assert "21.02.2026 12:00:00" in page.all("time")
    assert "ilk doğrulamadan sonra görünür" in page.text


def test_the_cases_of_each_are_those_of_the_last_proof(
    world: World, auditor: Visitor, older: Definition
) -> None:
    waiting_for_paper(world)
    ask(world.engine, officer_actor())
    prove(world.engine)
    waiting_for_paper(world, "10000000078")
    page = auditor.get(PAGE)
    assert "Kayıt sayıları 02.03.2026 12:00 doğrulamasındandır." in page.all("p", role="status")
    counts = dict(zip(page.all("th", scope="row"), page.all("td", class_="number"), strict=True))
    assert counts[f"{older.sha256[:16]}…"] == "0"
    sha256 = world.engine.library.current["application"].sha256
    assert counts[f"{sha256[:16]}… Yürürlükte"] == "1"


def test_the_difference_is_said_in_words(world: World, auditor: Visitor, older: Definition) -> None:
    link = next(
        address for text, address in auditor.get(PAGE).links.items()
        if text.startswith("Farkı göster")
    )  # fmt: skip
    page = auditor.get(link)
    assert page.heading == "İki tanımın farkı: NES başvurusu"
    assert page.all("p", role="status") == ["2 fark"]
    assert [one for one in page.all("li") if "önceden" in one] == [
        "Başlık: önceden Eski başvuru → şimdi NES başvurusu",
        "Süre: önceden 20 days → şimdi 30 days",
    ]
    back = auditor.get(
        f"{PAGE}/fark",
        query_string={"once": world.engine.library.current["application"].sha256,
                      "sonra": older.sha256},
    )  # fmt: skip
    assert "Süre: önceden 30 days → şimdi 20 days" in back.all("li")


def test_a_definition_does_not_differ_from_itself(auditor: Visitor, older: Definition) -> None:
    page = auditor.get(f"{PAGE}/fark?once={older.sha256}&sonra={older.sha256}")
    assert "İki tanım birbirinin aynıdır." in page.text


def test_any_two_of_three_can_be_compared(
    world: World, auditor: Visitor, older: Definition
) -> None:
    document = json.loads(older.canonical)
    document["title"]["tr"] = "En eski başvuru"
    oldest = from_canonical(canonical_of(document))
    publish(world.engine.database, {"application": oldest}, world.clock.now() - timedelta(days=99))
    page = auditor.get(PAGE)
    assert page.buttons.count("Karşılaştır") == 1
    assert page.value("once") != ""
    current = world.engine.library.current["application"].sha256
    shown = auditor.get(f"{PAGE}/fark?once={oldest.sha256}&sonra={current}")
    assert "Başlık: önceden En eski başvuru → şimdi NES başvurusu" in shown.all("li")


def test_what_was_never_published_or_is_of_another_workflow_is_not_compared(
    world: World, auditor: Visitor, older: Definition
) -> None:
    consent = world.engine.library.current["consent"].sha256
    auditor.get(f"{PAGE}/fark?once={older.sha256}&sonra={consent}", 400)
    auditor.get(f"{PAGE}/fark?once={older.sha256}&sonra={'0' * 64}", 404)
    auditor.get(f"{PAGE}/fark?once={older.sha256}", 404)
