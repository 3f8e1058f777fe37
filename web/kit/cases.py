"""The way from a reference, as people quote it in an address, to its case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from states.kit.reference import parse
from web.gate.composition import composed
from web.kit.reading import find_case
from workflow.model.refusal import UnknownCase

if TYPE_CHECKING:
    from web.kit.reading import CaseRecord

SHOWN = ("application", "consent", "code", "certificate")
"""The workflows of the desk; signing in and rights are no cases of anybody's work."""


def case_of(reference: str) -> CaseRecord:
    """Return the case of a reference as people quote it; UnknownCase for what is none."""
    try:
        workflow, case_id = parse(reference)
    except ValueError:
        raise UnknownCase(case=reference[:40]) from None
    composition = composed()
    case = find_case(composition.database, composition.library, case_id)
    if case.workflow != workflow or workflow not in SHOWN:
        raise UnknownCase(case=reference)
    return case
