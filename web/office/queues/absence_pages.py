"""Entering and ending the days on which somebody of the desk is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, validators
from wtforms.fields import SelectChoice

from handlers.desk import absences
from handlers.desk.absences import PlannedAbsence
from handlers.desk.claims import user_id
from handlers.kit.roles import DESK
from states.kit.invalid import Invalid
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.gate.session import current
from web.office.blueprint import blueprint
from web.office.queues.workload import leads_desk, loads
from workflow.model.refusal import RuleFailed

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

NOBODY = ""


class AbsenceForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """Who is away, from when to when, and who stands in."""

    kim = SelectField(_("Görevli"))
    ilk = DateField(_("İlk gün"), validators=[validators.InputRequired(_("İlk günü yazınız."))])
    son = DateField(_("Son gün"), validators=[validators.InputRequired(_("Son günü yazınız."))])
    vekil = SelectField(
        _("Vekil"),
        description=_(
            "Görevlinin üzerindeki başvurular ilk gün vekile geçer; vekil yoksa herkes alabilir."
        ),
    )

    def offer(self) -> AbsenceForm:
        """Fill in the people: oneself, or for the head of the desk everybody of the role."""
        everybody = [(str(one.user_id), one.name) for one in loads()]
        me = str(user_id(current().actor))
        head = leads_desk()
        self.kim.choices = [SelectChoice(*one) for one in everybody if head or one[0] == me]
        self.vekil.choices = [
            SelectChoice(NOBODY, gettext("Yok")), *(SelectChoice(*one) for one in everybody)
        ]  # fmt: skip
        return self

    def planned(self) -> PlannedAbsence:
        """Return what was filled in."""
        deputy = int(self.vekil.data) if self.vekil.data else None
        return PlannedAbsence(int(self.kim.data), self.ilk.data, self.son.data, deputy)


@blueprint.route("/is-yuku/yokluk", methods=["GET", "POST"])
@allow(*DESK)
def enter_absence() -> ResponseReturnValue:
    """Enter an absence: one's own, or as the head of the desk a colleague's."""
    form = AbsenceForm(kim=str(user_id(current().actor))).offer()
    if not form.validate_on_submit():
        return _page(form)
    try:
        absences.enter(composed().engine, current().actor, form.planned())
    except Invalid as invalid:
        form.son.errors = [told(invalid)]
        return _page(form)
    except RuleFailed as error:
        told_at = form.vekil if error.verdict.code == "absence.deputy" else form.kim
        told_at.errors = [told(error, composed().library.workflow("application"))]
        return _page(form)
    flash(gettext("Yokluk kaydedildi."), "success")
    return redirect(url_for("office.workload"))


@blueprint.post("/is-yuku/yokluk/<int:number>/kaldir")
@allow(*DESK)
def end_absence(number: int) -> ResponseReturnValue:
    """Take back an absence, or end it because somebody is back."""
    try:
        ended = absences.end(composed().engine, current().actor, number)
    except LookupError:
        abort(404)
    except RuleFailed as error:
        flash(told(error, composed().library.workflow("application")), "danger")
    else:
        words = gettext("Yokluk kaldırıldı.") if ended else gettext("Bu yokluk zaten sona ermişti.")
        flash(words, "success" if ended else "info")
    return redirect(url_for("office.workload"))


def _page(form: AbsenceForm) -> ResponseReturnValue:
    return render_template("office/absence.html", form=form), 422 if form.errors else 200
