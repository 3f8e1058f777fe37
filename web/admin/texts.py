"""The pages of message texts: the list, one text, a proposal to change it, and its decision."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for

from handlers.kit.roles import ADMINISTRATOR, OVERSEERS
from handlers.kit.sentences import fill
from handlers.papers import texts as message_texts
from states.kit.invalid import Invalid
from states.kit.reference import reference
from states.people.tckn import mask_all
from web.admin import text_reading
from web.admin.blueprint import blueprint
from web.admin.text_forms import ProposedWordingForm, WordingForm
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext, language
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.decision import DecisionForm, decide, decision_shown, find_proposal
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from handlers.papers.letters.message_texts import Wording
    from web.admin.text_reading import Preview
    from web.kit.reading import CaseRecord

DECISIONS = "any(approve, refuse, withdraw):trigger"


@blueprint.get("/iletiler")
@allow(ADMINISTRATOR)
def texts() -> ResponseReturnValue:
    """List the texts of messages."""
    return render_template("admin/texts.html", texts=text_reading.listed())


@blueprint.get("/ileti/<code>")
@allow(ADMINISTRATOR)
def text(code: str) -> ResponseReturnValue:
    """Show a text as it is in force, its fields, its revisions and what was proposed of it."""
    name, today = text_reading.name_of(code), text_reading.today()
    with composed().database.connect() as connection:
        revision, wording = message_texts.in_force(connection, name, today)
        revisions = message_texts.revisions(connection, code)
        proposals = text_reading.proposals(connection, code)
    return render_template(
        "admin/text.html",
        code=code,
        revision=revision,
        wording=asdict(wording),
        titles=text_reading.TITLES,
        fields=text_reading.fields(name),
        revisions=revisions,
        proposals=proposals,
        waits=any(one.state == "proposed" for one in proposals),
        definition=text_reading.definition(),
        today=today,
    )


@blueprint.route("/ileti/<code>/yeni", methods=["GET", "POST"])
@allow(ADMINISTRATOR)
def new_text(code: str) -> ResponseReturnValue:
    """Look at another wording of a text with a case, and propose it."""
    name = text_reading.name_of(code)
    form = ProposedWordingForm() if request.form.get("islem") == "oner" else WordingForm()
    if not form.is_submitted():
        with composed().database.connect() as connection:
            _, wording = message_texts.in_force(connection, name, text_reading.today())
            form.show(wording, message_texts.newest(connection, code) + 1)
        return _form_page(code, form)
    sound = form.validate()
    if form.revizyon.errors:
        abort(400)
    for part, fault in message_texts.faults(name, form.wording()).items():
        said = fill(fault.code, {"line": fault.line, "what": fault.what}, language())
        form[part].errors, sound = [said], False
        form[part].data = mask_all(form[part].data or "")  # a whole number is never shown again
    if not sound:
        return _form_page(code, form)
    return _propose(code, form) if isinstance(form, ProposedWordingForm) else _look(code, form)


def _look(code: str, form: WordingForm) -> ResponseReturnValue:
    try:
        shown = text_reading.preview(form.wording(), form.vaka.data or "")
    except Invalid as error:
        form.vaka.errors = [told(error, None)]
        return _form_page(code, form)
    return _form_page(code, form, shown)


def _propose(code: str, form: ProposedWordingForm) -> ResponseReturnValue:
    values = {
        "code": code,
        "revision": int(form.revizyon.data),
        "in_force_on": form.gun.data,
        "person_id": None,
        **asdict(form.wording()),
    }
    try:
        number = composed().engine.open(
            text_reading.WORKFLOW, "propose", current().actor, values, reason=form.gerekce.data
        )
    except Refused as error:
        form.gerekce.errors = [told(error, text_reading.definition())]
        return _form_page(code, form)
    flash(gettext("Öneriniz kaydedildi; başka bir yönetici onaylayınca uygulanır."), "success")
    shown = reference(text_reading.WORKFLOW, number)
    return redirect(url_for("admin.text_change", reference=shown))


def _form_page(code: str, form: WordingForm, shown: Preview | None = None) -> ResponseReturnValue:
    if not isinstance(form, ProposedWordingForm):
        full = ProposedWordingForm(formdata=request.form if form.is_submitted() else None)
        for field in form:
            if field.name in full:
                full[field.name].data, full[field.name].errors = field.data, field.errors
        form = full
    page = render_template(
        "admin/text_form.html",
        code=code,
        form=form,
        fields=text_reading.fields(text_reading.name_of(code)),
        preview=shown,
        titles=text_reading.TITLES,
    )
    return page, 422 if form.errors else 200


@blueprint.get("/metin/<reference>")
@allow(*OVERSEERS)
def text_change(reference: str) -> ResponseReturnValue:
    """Show a proposed wording: what differs, how it looks, and what may be decided."""
    return _change_page(reference, DecisionForm(formdata=None))


@blueprint.post(f"/metin/<reference>/<{DECISIONS}>")
@allow(ADMINISTRATOR)
def decide_text(reference: str, trigger: str) -> ResponseReturnValue:
    """Approve, refuse or withdraw a proposed wording."""
    found, form = find_proposal(reference, text_reading.WORKFLOW), DecisionForm()
    status = decide(found, trigger, form)
    if status:
        return _change_page(reference, form), status
    return redirect(url_for("admin.text_change", reference=found.reference))


def _change_page(reference: str, form: DecisionForm) -> str:
    found = find_proposal(reference, text_reading.WORKFLOW)
    wording = message_texts.wording_of(found.row)
    return render_template(
        "admin/text_change.html",
        **decision_shown(found, form),
        row=found.row,
        differences=text_reading.difference(_before(found), wording),
        titles=text_reading.TITLES,
        **_shown(wording),
        decides=ADMINISTRATOR in current().actor.roles,
    )


def _before(found: CaseRecord) -> Wording:
    return text_reading.before(str(found.row["code"]), int(str(found.row["revision"])))


def _shown(wording: Wording) -> dict[str, object]:
    """Return the preview of the case that the address names, or why there is none."""
    typed = request.args.get("vaka", "")
    try:
        return {"preview": text_reading.preview(wording, typed), "typed": typed, "fault": ""}
    except Invalid as error:
        shown = text_reading.preview(wording, "")
        return {"preview": shown, "typed": typed, "fault": told(error, None)}
