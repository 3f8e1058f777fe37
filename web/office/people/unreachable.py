"""The list of addresses at which nobody is reached, and what was not told because of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, render_template, request

from handlers.kit.roles import READERS
from handlers.kit.sentences import SENTENCES, sentence_of
from handlers.post.channels import EMAIL, KEP, SMS
from handlers.post.unreachable import unreachable_page
from states.kit.invalid import Invalid
from states.kit.reference import read_number
from web.gate.composition import composed
from web.gate.language import language
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.office.blueprint import blueprint

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

CHANNELS = {EMAIL: _("E-posta"), SMS: _("SMS"), KEP: _("KEP (kayıtlı elektronik posta)")}

OWN_WORDS = "address: "
"""How our own words begin where no server was asked, since the address cannot be written to."""


@blueprint.get("/ulasilamayan-adresler")
@allow(*READERS)
def unreachable() -> ResponseReturnValue:
    """Show the addresses that messages came back from, the one longest ago first."""
    asked = request.args.get("sonra", "")
    after = read_number(asked) if asked else 0
    if after is None:
        abort(404)
    composition = composed()
    vault, now = composition.engine.services.vault, composition.clock.now()
    with composition.database.connect() as connection:
        page = unreachable_page(connection, vault, now, after)
    return render_template(
        "office/unreachable.html", page=page, paged=after > 0, channels=CHANNELS, said=said
    )


def said(words: str) -> str:
    """Return the words of the other side, or our sentence where we have refused the address."""
    if not words.startswith(OWN_WORDS):
        return words
    code = f"email.{words.removeprefix(OWN_WORDS)}"
    return sentence_of(Invalid(code), language()) if code in SENTENCES else words
