"""The search box: what is typed leads to the record, or to a list of what may be meant.

A TCKN is only ever sent as a form: it stands in no address, no log and on no page; what the
address carries in its place is the number of the person's row. A name stands in no address either;
there it is sealed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from handlers.kit.reads import record_read
from handlers.kit.roles import READERS
from handlers.kit.services import vault_of
from handlers.people.register import find_person
from states.kit.invalid import Invalid
from states.kit.reference import read_number
from states.kit.text import normal
from states.people.tckn import LENGTH, mask_all, parse
from web.gate.composition import composed
from web.gate.language import lazy_gettext as _
from web.gate.limits import by_person, limiter
from web.gate.permissions import allow
from web.gate.sealed_names import open_name, seal_name
from web.gate.session import current, signed_in
from web.kit.reading_purposes import SEARCH
from web.office.blueprint import blueprint
from web.office.people import lookup, persons

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

LONGEST = 100
SEARCHES = "60 per minute"
"""How often one person may search: nobody reads the register by trying numbers."""

EMPTY = _("Aradığınızı yazınız: başvuru numarası, kimlik numarası, seri no, gönderi no ya da ad.")
NOT_IN_ADDRESS = _(
    "Kimlik numarası ve ad adres çubuğunda aranmaz; adresler kaydedilir. Yukarıdaki kutuya yazınız."
)
ALONE = _("Kimlik numarasını tek başına yazınız; adla birlikte aranmaz.")
WRONG_TCKN = _("Bu on bir rakam geçerli bir kimlik numarası değil; rakamları denetleyiniz.")
NO_SUCH_TCKN = _("Bu kimlik numarasıyla kayıtlı kişi yok; numarayı denetleyiniz.")
NOTHING = _(
    "“{text}” bulunamadı. Numaraysa eksiksiz yazınız; adsa soyadının ya da adın başını yazınız."
)
SEVERAL = _("“{text}” birden çok kaydın numarası; aradığınızı seçiniz.")


@blueprint.app_template_global()
def may_search() -> bool:
    """Say whether the page head shows the search box to whoever reads it."""
    person = signed_in()
    return person is not None and not person.actor.roles.isdisjoint(READERS)


@blueprint.post("/ara")
@allow(*READERS)
@limiter.limit(SEARCHES, key_func=by_person)
def find() -> ResponseReturnValue:
    """Take what was typed into the box and go on with it by an address that names nobody."""
    text = normal(request.form.get("q", ""))[:LONGEST]
    tckn = _tckn(text)
    if tckn is not None:
        number = _known(tckn)
        known = number is not None
        return redirect(url_for("office.search", kisi=number)) if known else _page(NO_SUCH_TCKN)
    if mask_all(text) != text:
        return _page(ALONE)
    if _digits(text):
        # Perhaps a mistyped TCKN: it is answered here, so that it comes into no address either.
        return _found(text, WRONG_TCKN)
    return redirect(url_for("office.search", aranan=seal_name(text)))


@blueprint.get("/ara")
@allow(*READERS)
def search() -> ResponseReturnValue:
    """Show what was found; one record that is meant for sure is opened at once."""
    number = read_number(request.args.get("kisi", ""))
    if number is not None:
        return _person(number)
    if "q" in request.args:
        return _by_address(normal(request.args["q"])[:LONGEST])
    text = open_name(request.args.get("aranan", ""))
    return _found(text, NOTHING.format(text=text)) if text else _page(EMPTY)


def _by_address(text: str) -> ResponseReturnValue:
    """Open the record whose number stands in an address; nobody is looked for by one."""
    with composed().database.connect() as connection:
        references = lookup.exact(connection, text, composed().library.current)
    if _digits(text) or len(references) != 1:
        return _page(NOT_IN_ADDRESS)
    return _open(references[0])


def _digits(text: str) -> str:
    """Return the eleven digits that a text is, blanks within it left out, or nothing."""
    digits = "".join(text.split())
    eleven = len(digits) == LENGTH and digits.isascii() and digits.isdecimal()
    return digits if eleven else ""


def _tckn(text: str) -> str | None:
    """Return the TCKN that a text is."""
    try:
        return parse(_digits(text))
    except Invalid:
        return None


def _known(tckn: str) -> int | None:
    """Return the person of a TCKN; that somebody looked him up by it is kept (KVKK)."""
    composition = composed()
    with composition.database.connect() as connection:
        number = find_person(connection, vault_of(composition.settings), tckn)
    if number is not None:
        record_read(composition.engine, current().actor, "tckn", SEARCH, number)
    return number


def _person(number: int) -> ResponseReturnValue:
    with composed().database.connect() as connection:
        hit = persons.person(connection, number)
    if hit is None:
        return _page(NO_SUCH_TCKN)
    if len(hit.records) == 1:
        return _open(hit.records[0].reference)
    return _page(hits=[hit])


def _found(text: str, nothing: str) -> ResponseReturnValue:
    """Open the record of a number or show the persons of a name; ``nothing`` says there is none."""
    composition = composed()
    with composition.database.connect() as connection:
        references = lookup.exact(connection, text, composition.library.current)
        if len(references) == 1:
            return _open(references[0])
        if references:
            return _page(SEVERAL.format(text=text), references=references)
        if not persons.nameable(text):
            return _page(nothing)
        found = persons.named(connection, text, request.args.get("sonra", ""))
    if not found.total:
        return _page(nothing)
    return _page(
        text=text,
        sealed=seal_name(text),
        hits=found.hits,
        total=found.total,
        following=found.following,
    )


def _open(reference: str) -> ResponseReturnValue:
    return redirect(url_for("office.case", reference=reference))


def _page(problem: str = "", **found: object) -> str:
    shown = {
        "text": "",
        "sealed": "",
        "hits": [],
        "references": [],
        "total": None,
        "following": "",
        **found,
    }
    workflows = composed().library.current
    return render_template("office/search.html", problem=problem, workflows=workflows, **shown)
