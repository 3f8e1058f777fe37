"""The way from a reference in an address to its case: what is none, or not of the desk, is 404."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.kit.reference import reference
from tests.kit.web.staff import waiting_for_paper
from web.kit.cases import SHOWN, case_of
from web.kit.reading import attempts, find_case, timeline
from workflow.model.refusal import UnknownCase

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World


def test_a_reference_leads_to_its_case(app: Flask, world: World) -> None:
    number = waiting_for_paper(world)
    with app.test_request_context("/"):
        case = case_of(reference("application", number))
    assert (case.id, case.workflow, case.state) == (number, "application", "in_person")
    assert case.reference == reference("application", number)
    assert case.standing is case.definition.states["in_person"]
    assert case.version == 3


def test_the_number_of_a_case_under_the_letter_of_another_sort_is_none(
    app: Flask, world: World
) -> None:
    number = waiting_for_paper(world)
    with app.test_request_context("/"):
        for workflow in ("consent", "certificate", "code"):
            with pytest.raises(UnknownCase):
                case_of(reference(workflow, number))


def test_a_sign_in_is_no_case_of_the_desk(app: Flask, world: World) -> None:
    assert "sign_in" not in SHOWN
    assert "grant" not in SHOWN
    with app.test_request_context("/"), pytest.raises(UnknownCase):
        case_of(reference("sign_in", waiting_for_paper(world)))


@pytest.mark.parametrize("typed", ["", "B", "x" * 500, "B00000001x", "../../etc/passwd"])
def test_what_is_no_reference_is_told_back_shortened(app: Flask, typed: str) -> None:
    with app.test_request_context("/"), pytest.raises(UnknownCase) as refused:
        case_of(typed)
    assert refused.value.params == {"case": typed[:40]}


def test_the_past_of_a_case_is_read_in_order_and_from_where_one_has_read(world: World) -> None:
    number = waiting_for_paper(world)
    whole = timeline(world.engine.database, number)
    assert [entry.n for entry in whole] == [1, 2, 3]
    assert [(entry.source, entry.target) for entry in whole][-1][1] == "in_person"
    assert timeline(world.engine.database, number, after=1) == whole[1:]
    assert timeline(world.engine.database, number, after=3) == []
    assert whole[0].actor.startswith("person:")
    assert [len(entry.hash) for entry in whole] == [64] * 3
    assert attempts(world.engine.database, number) == []


def test_a_case_that_is_not_there_is_unknown(world: World) -> None:
    with pytest.raises(UnknownCase):
        find_case(world.engine.database, world.engine.library, 987654)
