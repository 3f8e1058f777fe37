"""Owns the drawing on the case page: the workflow, where the case stands and the way it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from web.composition import composed
from web.reading import timeline
from workflow.diagram import diagram

if TYPE_CHECKING:
    from web.reading import Found


def of_case(case: Found) -> Markup:
    """Return the SVG of a case's workflow; its texts are escaped where it is drawn."""
    taken = [(entry.source, entry.target) for entry in timeline(composed().database, case.id)]
    return Markup(diagram(case.definition, present=case.state, taken=taken))  # noqa: S704 - our own SVG, escaped there
