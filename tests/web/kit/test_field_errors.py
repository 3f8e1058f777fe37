"""The summary of a wrong form: each wrong field in its order, with the place to jump to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import FieldList, Form, FormField, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from web.kit.formats import FieldError, field_errors

if TYPE_CHECKING:
    from flask import Flask

EMPTY = "Boş bırakılamaz."
CHOICES = [SelectChoice("a", "A"), SelectChoice("b", "B")]


class Paper(Form):  # type: ignore[misc]
    """A part of the form."""

    number = StringField("Numara", [InputRequired(EMPTY)])


class Sheet(Form):  # type: ignore[misc]
    """A form with each sort of field."""

    name = StringField("Ad", [InputRequired(EMPTY)])
    kind = RadioField("Tür", [InputRequired("Birini seçiniz.")], choices=CHOICES)
    paper = FormField(Paper)
    more = FieldList(StringField("Ek", [InputRequired(EMPTY)]), min_entries=2)
    note = StringField("Not")


def test_a_form_that_is_right_has_no_summary() -> None:
    form = Sheet(data={"name": "Ayşe"})
    assert field_errors(form) == []


def test_each_wrong_field_is_named_with_where_to_jump() -> None:
    form = Sheet()
    form.validate()
    assert [(one.target, one.text) for one in field_errors(form)] == [
        ("name", EMPTY),
        ("kind-0", "Birini seçiniz."),  # a group of choices has no place but that of its first
        ("paper-number", EMPTY),
        ("more-0", EMPTY),
        ("more-1", EMPTY),
    ]


def test_a_field_that_is_wrong_twice_says_both() -> None:
    form = Sheet()
    form.name.errors = ["Bir.", "İki."]
    assert field_errors(form) == [FieldError("name", "Ad", "Bir. İki.")]


def test_the_templates_have_the_summary(app: Flask) -> None:
    form = Sheet()
    form.validate()
    shown = app.jinja_env.from_string("{{ (form | field_errors)[1].label }}").render(form=form)
    assert shown == "Tür"
