"""The proof of the drawing: whole, readable without colour, the same each time."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.kit.workflow.dummies import SHIPPED, registry_of, shipped_text
from workflow.loading.loader import load
from workflow.model.machine import NEW
from workflow.present.diagram import HEIGHT, WIDTH, diagram, mermaid
from workflow.present.layout import edges_of, layout

if TYPE_CHECKING:
    from workflow.model.definition import Definition

DEFINITIONS = load(SHIPPED, registry_of(shipped_text()))
APPLICATION = DEFINITIONS["application"]
WAY = [(NEW, "draft"), ("draft", "method_chosen"), ("method_chosen", "e_onay")]
NAMES = sorted(DEFINITIONS)
SPACE = "{http://www.w3.org/2000/svg}"


def drawn(definition: Definition, **more: object) -> ET.Element:
    return ET.fromstring(diagram(definition, **more))  # type: ignore[arg-type]  # noqa: S314 - our own drawing


def boxes(root: ET.Element) -> dict[str, tuple[float, float]]:
    """Return the top left corner of each state's box."""
    found = {}
    for group in root.iter(f"{SPACE}g"):
        if "data-state" in group.attrib:
            frame = group.find(f"{SPACE}rect")
            assert frame is not None
            found[group.attrib["data-state"]] = (float(frame.attrib["x"]), float(frame.attrib["y"]))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_state_and_every_edge_is_drawn_once(name: str) -> None:
    definition = DEFINITIONS[name]
    root = drawn(definition)
    edges = [
        path.attrib["data-edge"] for path in root.iter(f"{SPACE}path") if "data-edge" in path.attrib
    ]

    assert list(boxes(root)) == list(definition.states)
    assert sorted(edges) == sorted(f"{source} {target}" for source, target in edges_of(definition))


@pytest.mark.parametrize("name", NAMES)
def test_no_box_covers_another_or_leaves_the_picture(name: str) -> None:
    root = drawn(DEFINITIONS[name])
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    corners = boxes(root)

    for x, y in corners.values():
        assert 0 <= x <= width - WIDTH
        assert 0 <= y <= height - HEIGHT
    for (x, y), (other_x, other_y) in combinations(corners.values(), 2):
        assert abs(x - other_x) >= WIDTH or abs(y - other_y) >= HEIGHT


@pytest.mark.parametrize("name", NAMES)
def test_each_title_can_be_read_in_its_box(name: str) -> None:
    root = drawn(DEFINITIONS[name])
    for group in root.iter(f"{SPACE}g"):
        state = group.attrib.get("data-state")
        if state:
            lines = [text.text or "" for text in group.iter(f"{SPACE}text")]
            assert " ".join(lines) == DEFINITIONS[name].states[state].title.tr
            assert all(len(line) <= 20 for line in lines)
            assert len(lines) <= 2


def test_the_picture_has_a_name_and_a_description() -> None:
    root = drawn(APPLICATION, present="e_onay", taken=WAY)
    told = {root[0].attrib["id"]: root[0].text, root[1].attrib["id"]: root[1].text}

    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"].split() == list(told)
    assert list(told.values()) == [
        "NES başvurusu süreci",
        (
            "Şu andaki durum: Onay bekleniyor (e-onay). "
            "Geçilen yol: Başlangıç → Taslak → Onaylama yöntemi seçildi → Onay bekleniyor (e-onay)."
        ),
    ]


def test_without_a_case_the_description_names_the_states() -> None:
    told = drawn(DEFINITIONS["consent"])[1].text or ""
    assert told.startswith("Onay bekleniyor, İmza denetleniyor")


def test_the_present_state_is_marked_by_a_frame_and_a_word() -> None:
    root = drawn(APPLICATION, present="e_onay", taken=WAY)
    marked = [group for group in root.iter(f"{SPACE}g") if "aria-current" in group.attrib]

    assert [group.attrib["data-state"] for group in marked] == ["e_onay"]
    assert len(marked[0].findall(f"{SPACE}rect")) == 2
    assert "▼ şu anda" in [text.text for text in marked[0].iter(f"{SPACE}text")]


def test_the_way_taken_is_marked_by_ticks_and_thick_lines() -> None:
    root = drawn(APPLICATION, present="e_onay", taken=WAY)
    ticked = {
        group.attrib["data-state"]
        for group in root.iter(f"{SPACE}g")
        if any((text.text or "").startswith("✓ ") for text in group.iter(f"{SPACE}text"))
    }
    thick = {
        path.attrib["data-edge"]
        for path in root.iter(f"{SPACE}path")
        if path.attrib.get("stroke-width") == "4"
    }

    assert ticked == {"draft", "method_chosen"}
    assert thick == {"new draft", "draft method_chosen", "method_chosen e_onay"}


def test_each_line_ends_in_a_marker_that_is_there() -> None:
    text = diagram(APPLICATION, present="e_onay", taken=WAY)
    ids = set(re.findall(r'<marker id="([^"]+)"', text))

    assert set(re.findall(r"url\(#([^)]+)\)", text)) == ids
    assert len(ids) == 2


def test_a_drawing_is_the_same_each_time_and_needs_no_style_sheet() -> None:
    assert diagram(APPLICATION, taken=WAY) == diagram(APPLICATION, taken=WAY)
    assert "style" not in diagram(APPLICATION)
    assert "class=" not in diagram(APPLICATION)


def test_the_drawing_speaks_english_too() -> None:
    text = diagram(APPLICATION, present="held", language="en")

    assert '<title id="workflow-application-title">The workflow NES application</title>' in text
    assert "▼ now" in text
    assert "Present state: Held until production opens." in text


def test_states_stand_below_the_start_by_their_distance() -> None:
    places = layout(APPLICATION).places
    rows = {name: row for name, (_, row) in places.items()}

    assert rows[NEW] == 0
    assert rows["draft"] == 1
    assert rows["method_chosen"] == 2
    assert rows["e_onay"] == rows["e_imza"] == rows["wet_signature"] == 3
    assert rows["courier_silent"] == rows["recalled"] == rows["couriered"] + 1
    assert rows["delivered"] > rows["couriered"]
    assert rows["cancelled"] > rows["courier_returned"]


def test_a_title_from_the_file_can_not_break_out_of_the_drawing() -> None:
    text = shipped_text().replace("tr: Taslak, en: Draft", 'tr: "<b>&\\"x:#;", en: Draft')
    definition = load(text, registry_of(text))["application"]

    assert "&lt;b&gt;&amp;&quot;x:#;" in diagram(definition)
    assert 'state "#60;b#62;&#34;x#58;#35;#59;" as draft' in mermaid(definition)


def test_mermaid_has_every_state_every_move_and_the_ends() -> None:
    lines = mermaid(DEFINITIONS["code"]).splitlines()

    assert lines[0] == "stateDiagram-v2"
    assert '    state "Verildi" as issued' in lines
    assert "    [*] --> issued: Kod ver" in lines
    assert "    claimed --> expired: Süresi dolan kodu kapat" in lines
    assert [line for line in lines if line.endswith("--> [*]")] == [
        "    used --> [*]", "    expired --> [*]", "    replaced --> [*]", "    locked --> [*]",
    ]  # fmt: skip
    assert "    issued --> claimed: Claim" in mermaid(DEFINITIONS["code"], "en").splitlines()


def test_a_note_stands_under_the_box_of_its_state_and_nowhere_else() -> None:
    root = drawn(APPLICATION, notes={"draft": "3 gün <2 saat", "elsewhere": "x"})
    said = [text for text in root.iter(f"{SPACE}text") if text.text == "3 gün <2 saat"]

    assert len(said) == 1
    x, y = boxes(root)["draft"]
    assert float(said[0].attrib["x"]) == x + WIDTH / 2
    assert HEIGHT < float(said[0].attrib["y"]) - y < HEIGHT + 20
    assert "x" not in [text.text for text in root.iter(f"{SPACE}text")]


@pytest.mark.parametrize("name", NAMES)
def test_a_note_under_the_lowest_box_is_still_in_the_picture(name: str) -> None:
    definition = DEFINITIONS[name]
    root = drawn(definition, notes=dict.fromkeys(definition.states, "9 gün"))
    height = float(root.attrib["height"])

    lines = [text for text in root.iter(f"{SPACE}text") if text.text == "9 gün"]
    assert len(lines) == len(definition.states)
    assert all(float(line.attrib["y"]) < height for line in lines)
