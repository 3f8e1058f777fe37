"""No name of a person stands in an address: what may hold one is sent as a form."""

from __future__ import annotations

import re
from pathlib import Path

import web

TEMPLATES = Path(web.__file__).parent / "templates"

NOBODYS_NAME = {"kod", "vaka"}
"""Texts that forms write into addresses: the code of a document, the number of a case."""


def test_no_form_writes_what_may_be_a_name_into_an_address() -> None:
    found, forms = set(), 0
    for file in TEMPLATES.rglob("*.html"):
        for form in re.findall(
            r"<form[^>]*method=.get.*?</form>", file.read_text("utf-8"), re.DOTALL
        ):
            forms += 1
            typed = re.findall(r"<(?:input|textarea)\b[^>]*>", form)
            found |= {
                name
                for field in typed
                if not re.search(r'type="(hidden|submit|radio|checkbox|date|number)"', field)
                for name in re.findall(r'\bname="(\w+)"', field)
            }
            found |= set(re.findall(r"text_field\('(\w+)'", form))
            found |= {"kod"} if "form.kod" in form else set()
    assert found <= NOBODYS_NAME
    assert forms >= 4
