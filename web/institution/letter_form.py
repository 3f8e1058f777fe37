"""Writing a letter to units: its words, its units, the rehearsal, and handing it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice

from handlers.kit.roles import COORDINATOR
from handlers.kit.sentences import fill
from handlers.unit_letters import rehearsal, units
from handlers.unit_letters.payloads import MOST_UNITS, Distribution
from handlers.unit_letters.unit_letter import WORKFLOW, judge_units, judge_words
from handlers.ways.asked import routing_day
from states.kit.reference import reference
from states.kit.text import normal
from states.people.tckn import mask_all
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext, language
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.gate.session import current
from web.institution.blueprint import blueprint
from web.institution.letters import WORDINGS
from web.institution.subtree import own_institution
from workflow.model.refusal import Refused
from workflow.model.verdict import ALLOW

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy import Connection

    from states.people.institution import Institution
    from workflow.model.verdict import Verdict

MOST_SHOWN = 200
"""Units that can be ticked on the page; others are named by their codes."""

MOST_TEXT = 20_000


class LetterForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """A letter before it is handed in; what it may say is judged by the workflow's own check."""

    metin = SelectField(
        _("Metin"), choices=[SelectChoice(*one) for one in WORDINGS.items()], validate_choice=False
    )
    konu = StringField(_("Konu"))
    ilgi = TextAreaField(_("İlgi"), description=_("Dayandığı yazı varsa tarihi ve sayısı."))
    paragraf = TextAreaField(
        _("Ek paragraf"), description=_("Kontrollü metnin sonuna eklenir; boş bırakılabilir.")
    )
    destek = StringField(_("Destek için aranacak kişi ya da birim"))
    telefon = StringField(_("Destek telefonu"))
    eposta = StringField(_("Destek e-postası"))
    kapsam = RadioField(
        _("Yazı hangi birimlere gitsin?"),
        choices=[
            SelectChoice(units.ALL, _("Bağlı birimlerin tümü")),
            SelectChoice(units.LEVEL, _("Seçilen düzeydeki birimler")),
            SelectChoice(units.LATE, _("Son başvuru gününü geçirmiş personeli olan birimler")),
            SelectChoice(units.PICKED, _("İşaretlediğim birimler")),
        ],
        validate_choice=False,
    )
    duzey = SelectField(_("Düzey"), validate_choice=False)
    kodlar = TextAreaField(
        _("Birim kodları"),
        description=_("İşaretlenenlere eklenir; her satıra bir kod."),
    )
    bilgi = TextAreaField(
        _("Yalnız bilgi için gönderilecek birimler"),
        description=_("Her satıra bir birim kodu; dağıtımda Bilgi altında yer alır."),
    )

    def masked(self) -> None:
        """Hide identity numbers in what was typed: none is shown on a page again."""
        for field in self:
            if field.type in {"StringField", "TextAreaField"}:
                field.data = mask_all(field.data or "")

    def words(self) -> dict[str, object]:
        """Return the columns of the letter that the form writes."""
        return {
            "wording": self.metin.data or "",
            "subject": _line(self.konu.data),
            "about": _line(self.ilgi.data) or None,
            "addition": _line(self.paragraf.data) or None,
            "contact_name": _line(self.destek.data),
            "contact_phone": _line(self.telefon.data) or None,
            "contact_email": _line(self.eposta.data) or None,
        }


def _line(typed: str | None) -> str:
    return normal((typed or "")[:MOST_TEXT])


def _codes(typed: str | None) -> tuple[str, ...]:
    return tuple((typed or "").replace(",", " ").split())  # a list that is cut names other units


class _Unknown(Exception):
    """Codes that name no unit below."""


@blueprint.route("/kurum/yazilar/yeni", methods=["GET", "POST"])
@allow(COORDINATOR)
def new_letter() -> ResponseReturnValue:
    """Write a letter: rehearse it, then hand it in for the approval of a second person."""
    top = own_institution()
    if top is None:
        abort(403)
    form = LetterForm()
    with composed().database.connect() as connection:
        day = routing_day(composed().engine)
        shown = units.listed(connection, top, day.today, MOST_SHOWN)
        deep = units.levels(connection, top, day.today)
        form.duzey.choices = [
            SelectChoice(
                str(level), gettext("%(level)s. düzey (%(count)s birim)", level=level, count=count)
            )
            for level, count in deep.items()
        ]
        if not form.is_submitted():
            form.kapsam.data = units.ALL
            return _page(form, shown, sum(deep.values()))
        if not form.validate():
            return _page(form, shown, sum(deep.values())), 422
        refused, said = _read(connection, top, form)
        counted = None if refused else rehearsal.rehearse(connection, said.units)
    if not refused and request.form.get("islem") == "sun":
        refused, number = _propose(top, form, said)
        if number is not None:
            flash(gettext("Taslak onaya sunuldu; ikinci kişi onaylayınca gönderilir."), "success")
            return redirect(url_for("institution.letter", reference=reference(WORKFLOW, number)))
    form.masked()
    page = _page(form, shown, sum(deep.values()), refused, counted, said)
    return page, 422 if refused else 200


def _read(connection: Connection, top: Institution, form: LetterForm) -> tuple[str, Distribution]:
    """Return what is wrong with a letter, "" for nothing, and its distribution list."""
    try:
        said = _distribution(connection, top, form)
    except _Unknown as unknown:
        refused = fill("unit_letter.no_such_unit", {"codes": str(unknown)}, language())
        return refused, Distribution(())
    today = routing_day(composed().engine).today
    for verdict in (judge_words(form.words()), judge_units(connection, top, said, today)):
        if verdict is not ALLOW:
            return _words_of(verdict), said
    return "", said


def _distribution(connection: Connection, top: Institution, form: LetterForm) -> Distribution:
    day = routing_day(composed().engine)
    info = _named(connection, top, _codes(form.bilgi.data))
    scope = form.kapsam.data
    if scope == units.PICKED:
        picked = (*request.form.getlist("birim")[:MOST_UNITS], *_codes(form.kodlar.data))
        chosen = _named(connection, top, picked)
    elif scope == units.LATE:
        chosen = units.late(connection, top, day)
    elif scope == units.LEVEL and form.duzey.data in {one.value for one in form.duzey.choices}:
        level = int(form.duzey.data)
        chosen = units.listed(connection, top, day.today, MOST_UNITS + 1, level)
    elif scope == units.ALL:
        chosen = units.listed(connection, top, day.today, MOST_UNITS + 1)
    else:
        chosen = []
    told_only = tuple(unit.id for unit in info)
    acting = tuple(unit.id for unit in chosen if unit.id not in told_only)
    return Distribution(acting, told_only)


def _named(connection: Connection, top: Institution, codes: tuple[str, ...]) -> list[units.Unit]:
    found, unknown = units.by_codes(connection, top, codes)
    if unknown:
        raise _Unknown(", ".join(code[:40] for code in unknown[:5]))
    return found


def _propose(top: Institution, form: LetterForm, said: Distribution) -> tuple[str, int | None]:
    values = {"institution_id": top.id, "person_id": None, **form.words()}
    engine = composed().engine
    try:
        return "", engine.open(WORKFLOW, "propose", current().actor, values, said.payload())
    except Refused as error:
        return told(error, composed().library.workflow(WORKFLOW)), None


def _words_of(verdict: Verdict) -> str:
    return fill(verdict.code, dict(verdict.params), language())


def _page(
    form: LetterForm,
    shown: list[units.Unit],
    total: int,
    refused: str = "",
    counted: rehearsal.Rehearsal | None = None,
    said: Distribution | None = None,
) -> str:
    return render_template(
        "institution/letter_form.html",
        form=form,
        shown=shown,
        total=total,
        picked=frozenset(request.form.getlist("birim")),
        refused=refused,
        counted=counted,
        said=said,
    )
