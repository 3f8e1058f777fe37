"""What the office has told the person signed in: when, how, where to, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select, true

from handlers.kit.roles import APPLICANT, COORDINATOR
from handlers.people import preferences as preferences_of
from handlers.post.channels import EMAIL, KEP, SMS
from handlers.post.keyed import to_mark
from handlers.questions.question import ASKED
from states.cases.notice import Notice, NoticeState, NoticeTry
from states.people.masking import masked_address
from states.people.person import Person
from web.gate.composition import composed
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow, may_open
from web.gate.session import current
from web.kit.reading import find_case
from web.portal import own_records
from web.portal.blueprint import blueprint
from web.portal.forms import PreferencesForm

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy import Connection, Row, Select

PER_PAGE = 20

LARGEST = 2**63 - 1
"""The largest number of a row (PostgreSQL, bigint)."""

CHANNELS = {EMAIL: _("E-posta"), SMS: _("SMS"), KEP: _("KEP (kayıtlı elektronik posta)")}

OUTCOMES = {
    "taken": _("Sunucu aldı"),
    "try_later": _("Sunucu şimdi almadı; yeniden denenir"),
    "refused": _("Sunucu iletiyi kabul etmedi"),
    "bad_address": _("Bu adrese ulaşılamıyor"),
    "no_address": _("Kayıtlı adres yoktu"),
    "withheld": _("Gönderilmedi"),
    "delivered": _("Adresine teslim edildi"),
    "delayed": _("Yolda bekliyor"),
}
"""What came of a try (`states.cases.notice.TryOutcome`)."""

UNREACHED = frozenset({NoticeState.BOUNCED, NoticeState.GIVEN_UP})
PAGES = {
    "application": "portal.application",
    "certificate": "portal.certificate",
    "consent": "portal.consent",
    "question": "support.own_question",
}
"""Where what a message is about has its page, by its workflow."""


@dataclass(frozen=True, slots=True)
class Contacts:
    """How the person signed in is reached today."""

    email: str = ""
    phone: str = ""

    def of(self, channel: str) -> str:
        """Return the address of a channel."""
        return self.phone if channel == SMS else self.email


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """One message as its reader sees it; ``to`` is the address, masked, where it is still theirs.

    The outbox keeps no address, but the keyed mark of the one that was used: where it is not that
    of the address of today, ``moved`` says that the message went to one that was given before.
    """

    row: Row[Any]
    channel: str
    to: str = ""
    moved: bool = False

    @property
    def unreached(self) -> bool:
        """Say whether its reader has to do something to be reached again."""
        return self.row.state in UNREACHED


@blueprint.get("/mesajlarim")
@allow(APPLICANT, COORDINATOR)
def messages() -> ResponseReturnValue:
    """List what the person was told, newest first; ``once`` is the keyset of older messages."""
    before = request.args.get("once", type=int)
    query = _written_to_me()
    if before is not None:
        query = query.where(Notice.id < max(0, min(before, LARGEST)))
    with composed().database.connect() as connection:
        found = connection.execute(query.order_by(Notice.id.desc()).limit(PER_PAGE + 1)).all()
        me = _me(connection)
    shown = [_shown(row, me) for row in found[:PER_PAGE]]
    return render_template(
        "portal/messages.html",
        messages=shown,
        older=found[PER_PAGE - 1].id if len(found) > PER_PAGE else None,
        paged=before is not None,
        prefers=APPLICANT in current().actor.roles,
    )


@blueprint.route("/bildirim-tercihlerim", methods=["GET", "POST"])
@allow(APPLICANT)
def preferences() -> ResponseReturnValue:
    """Show how the person wants to be told, and keep what they choose."""
    form = PreferencesForm().offer()
    if form.validate_on_submit():
        preferences_of.choose(composed().engine, current().actor, form.dil.data, form.yol.data)
        flash(gettext("Tercihleriniz kaydedildi; bundan sonraki iletilerde uygulanır."), "success")
        return redirect(url_for("portal.preferences"))
    if not form.is_submitted():
        me = own_records.person()
        form.dil.data, form.yol.data = me.language, me.told_by
    page = render_template("portal/preferences.html", form=form)
    return page, 422 if form.errors else 200


@blueprint.get("/mesajlarim/<int:number>")
@allow(APPLICANT, COORDINATOR)
def message(number: int) -> ResponseReturnValue:
    """Show one message with its text and each try; somebody else's is as unknown as none."""
    if number > LARGEST:
        abort(404)
    composition = composed()
    tries = (
        select(NoticeTry.at, NoticeTry.outcome, NoticeTry.channel)
        .where(NoticeTry.notice_id == number)
        .order_by(NoticeTry.n)
    )
    with composition.database.connect() as connection:
        row = connection.execute(
            _written_to_me().add_columns(Notice.text, Notice.case_id).where(Notice.id == number)
        ).one_or_none()
        if row is None:
            abort(404)
        tried = connection.execute(tries).all()
        me = _me(connection)
    about = find_case(composition.database, composition.library, row.case_id)
    endpoint = PAGES.get(about.workflow, "")
    return render_template(
        "portal/message.html",
        one=_shown(row, me),
        tries=tried,
        channels=CHANNELS,
        outcomes=OUTCOMES,
        reference=about.reference,
        page=url_for(endpoint, reference=about.reference)
        if endpoint and may_open(endpoint)
        else "",
        correction=_correction(),
    )


def _written_to_me() -> Select[tuple[object, ...]]:
    """Return the messages of the person signed in, each with its newest try that has an address.

    An account that belongs to nobody known has none.
    """
    newest = (
        select(NoticeTry.at, NoticeTry.to_mark)
        .where(NoticeTry.notice_id == Notice.id)
        .order_by(NoticeTry.n.desc())
        .limit(1)
        .lateral()
    )
    return (
        select(
            Notice.id, Notice.subject, Notice.state, Notice.channel, Notice.created_at,
            Notice.language,
            newest.c.at, func.coalesce(newest.c.to_mark, "").label("mark"),
        )
        .outerjoin(newest, true())
        .where(
            Notice.person_id == current().actor.person_id,
            # It is about a question of theirs and written to their support unit.
            Notice.template != ASKED,
        )
    )  # fmt: skip


def _me(connection: Connection) -> Contacts:
    query = select(Person.email, Person.phone).where(Person.id == current().actor.person_id)
    row = connection.execute(query).one_or_none()
    return Contacts(row.email or "", row.phone or "") if row else Contacts()


def _shown(row: Row[Any], me: Contacts) -> ShownMessage:
    channel = str(CHANNELS.get(row.channel, row.channel))
    address = me.of(row.channel)
    vault = composed().engine.services.vault
    if not row.mark:
        return ShownMessage(row, channel)
    if address and to_mark(vault, address) == row.mark:
        return ShownMessage(row, channel, masked_address(address))
    return ShownMessage(row, channel, moved=True)


def _correction() -> str:
    """Return where somebody corrects an address that does not reach them."""
    own = "portal.my_data"
    there = own in current_app.view_functions and may_open(own)
    return url_for(own if there else "help.contact")
