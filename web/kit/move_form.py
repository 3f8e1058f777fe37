"""What the form of every move has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, TextAreaField, validators

from web.gate.language import lazy_gettext as _

if TYPE_CHECKING:
    from workflow.model.context import Payload

LONGEST_REASON = 1000


class MoveForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """What every move's page carries: the version that was shown, and the reason."""

    seen = HiddenField(validators=[validators.InputRequired(), validators.Regexp(r"^[0-9]{1,9}$")])
    reason = TextAreaField(_("Gerekçe"), validators=[validators.Length(max=LONGEST_REASON)])

    def payload(self) -> Payload:
        """Return what is handed in with the move."""
        return {}

    def stated_reason(self) -> str | None:
        """Return the reason of the move, None when none was given."""
        return self.reason.data or None

    def own_fields(self) -> list[Field]:
        """Return the fields of this move, the common ones excepted."""
        common = {"seen", "view", "reason", "csrf_token"}
        return [field for field in self if field.name not in common]
