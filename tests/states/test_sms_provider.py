"""The description of an SMS provider: read whole, or refused in a sentence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from states.kit.sms_provider import LARGEST, Json, basic, fill, look_up, read_provider

if TYPE_CHECKING:
    from pathlib import Path

BODY = {"to": "{to}", "t": "{text}"}


def written(folder: Path, content: object) -> Path:
    path = folder / "sms.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def test_a_description_is_read_whole(tmp_path: Path) -> None:
    said: dict[str, Any] = {
        "headers": {"Authorization": "Bearer {secret}"},
        "body": BODY,
        "encoding": "form",
        "answer": {"code": "/a/0", "words": "/b~1c", "taken": ["00"], "bad_number": ["40"]},
    }
    read = read_provider(written(tmp_path, said))
    assert read.model_dump(exclude_defaults=True, mode="json") == said


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "Invalid JSON"),
        ("[]", "should be"),
        ({}, "body Field required"),
        ({"body": BODY, "boyd": {}}, "boyd Extra inputs"),
        ({"body": {**BODY, "x": ["{tc}"]}}, "{tc} is no field; there are {basic}, {key}"),
        ({"body": {**BODY, "x": {"y": "{}"}}}, "{} is no field"),
        ({"body": {"to": "{to}"}}, "it must say {text} and {to}"),
        ({"body": {"t": "{text}"}}, "it must say {text} and {to}"),
        ({"body": BODY, "headers": {"X": "{name}"}}, "{name} is no field"),
        ({"body": BODY, "headers": {"X Y": "1"}}, "'X Y' is no header"),
        ({"body": BODY, "headers": {"X": "1\r\nY: 2"}}, "'X' is no header"),
        ({"body": BODY, "headers": {"X": "{to}"}}, "'X' would tell a message"),
        ({"body": BODY, "answer": {"code": "code"}}, "'code' is no JSON pointer"),
        ({"body": BODY, "encoding": "xml"}, "encoding"),
        (" " * (LARGEST + 1), "longer than 65536"),
    ],
)
def test_what_is_no_description_is_told_in_a_sentence(
    tmp_path: Path, content: object, reason: str
) -> None:
    path = written(tmp_path, content)
    with pytest.raises(ValueError, match="sms.json") as refused:
        read_provider(path)
    assert reason in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        read_provider(tmp_path / "none.json")


def test_what_is_filled_in_is_not_read_again() -> None:
    assert fill("{text}-{key}", {"text": "{secret}", "key": "k", "secret": "s"}) == "{secret}-k"


def test_user_and_password_are_written_as_http_wants_them() -> None:
    assert basic("ada:ö") == "YWRhOsO2"


@pytest.mark.parametrize(
    ("answer", "pointer", "found"),
    [
        ({"a": [{"b/c": 7}]}, "/a/0/b~1c", "7"),
        ({"a": True}, "/a", "true"),
        ({"a": None}, "/a", "null"),
        ({"~": 1.5}, "/~0", "1.5"),
        ("00", "", "00"),
        ({"a": {}}, "/a", None),
        ({"a": []}, "/a", None),
        ({"a": []}, "/a/0", None),
        ({"a": []}, "/a/-", None),
        ({}, "/a", None),
        (None, "/a", None),
    ],
)
def test_a_pointer_finds_a_value_or_none(answer: Json, pointer: str, found: str | None) -> None:
    assert look_up(answer, pointer) == (found if answer is not None else None)
