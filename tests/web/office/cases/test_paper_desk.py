"""The paper desk: scans, ticks and one number register an application, and the next one opens."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from handlers.papers import scans
from states.cases.application import Application
from states.logs.journal import RefusedAttempt
from states.papers.scan import Scan
from tests.handlers.papers.test_scans import pdf, picture
from tests.kit.handlers.world import human
from tests.kit.web.staff import path, printed_code, waiting_for_paper

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Page, Visitor

SEPARATE = {"files-0-basvuru": "y", "files-1-kimlik": "y"}
"""The ticks of a form and an identity card, each in a file of its own."""


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw one page of every file without the program that does it; that has tests of its own."""
    page = scans.Drawn(b"\xff\xd8large", b"\xff\xd8small")
    monkeypatch.setattr(scans, "draw", lambda _content, _sort: [page])


def desk(case: int) -> str:
    """Return the address of the desk of an application."""
    return path(case).replace("/is/", "/evrak-kabul/")


def take_in(
    someone: Visitor, world: World, case: int, *files: bytes, status: int = 200, **changed: str
) -> Page:
    """Open the desk of an application and send it as an officer fills it in."""
    page = someone.get(f"{desk(case)}?kod={printed_code(world, case)}")
    typed: dict[str, Any] = {
        "seen": page.value("seen"), "kod": page.value("kod"), "identity": "identity_card",
        "number": "A01B", "other": "", **(SEPARATE if len(files) > 1 else {}), **changed,
    }  # fmt: skip
    for n, content in enumerate(files):
        typed[f"files-{n}-dosya"] = (io.BytesIO(content), f"{n}.bin")
    return someone.post(desk(case), status=status, **typed)


def test_two_files_and_one_number_register_the_paper_and_the_next_one_is_asked_for(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    page = take_in(officer, world, case, pdf(2), picture())
    assert page.heading == "Evrak kabul"
    assert (
        f"{path(case)[4:]}: evrak kaydedildi; başka bir görevlinin onayını bekliyor." in page.text
    )
    assert world.state(case) == "paper_received"
    form, identity = sorted(world.all(Scan), key=lambda one: one.id)
    assert (form.kind, form.pages, identity.kind) == ("application_form", 2, "identity")
    paper = world.read(Application, case).paper
    assert paper is not None
    assert paper["documents"] == [
        {
            "kind": "application_form",
            "number": printed_code(world, case),
            "copy_at": f"Tarama {form.sha256[:16]}",
        },
        {"kind": "identity_card", "number": "A01B", "copy_at": f"Tarama {identity.sha256[:16]}"},
    ]


@pytest.mark.usefixtures("drawn")
def test_one_file_may_show_several_documents_and_some_have_no_number(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    ticks: dict[str, Any] = {f"files-0-{one}": "y" for one in ("basvuru", "kimlik", "gorev")}
    page = take_in(officer, world, case, pdf(3), identity="passport", kalan="1", **ticks)
    assert page.heading.startswith(path(case)[4:])
    (scan,) = world.all(Scan)
    paper: Any = world.read(Application, case).paper
    assert scan.kind == "application_form"
    assert [(one["kind"], one["number"]) for one in paper["documents"]] == [
        ("application_form", printed_code(world, case)),
        ("passport", "A01B"),
        ("employment_letter", f"Tarama {scan.sha256[:16]}"),
    ]


@pytest.mark.usefixtures("drawn")
def test_scans_that_lie_there_already_are_not_asked_for_again(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    officer.get(path(case, "taramalar"))
    for kind, content in (("application_form", pdf()), ("identity", picture())):
        file = (io.BytesIO(content), "a")
        officer.post(path(case, "taramalar"), tur=kind, dosya=file)
    assert "Daha önce yüklendi" in officer.get(desk(case)).text
    take_in(officer, world, case)
    assert world.state(case) == "paper_received"
    assert len(world.all(Scan)) == 2


@pytest.mark.usefixtures("drawn")
@pytest.mark.parametrize(
    ("files", "changed", "said"),
    [
        ((), {}, "Taramayı ekleyiniz; başvuru taramasız onaylanamaz."),
        ((pdf(), picture()), {"number": " "}, "Kimlik belgesinin numarasını yazınız."),
        ((pdf(),), {}, "Bu dosyada ne olduğunu işaretleyiniz."),
        ((pdf(), picture()), {"kod": ""}, "Formdaki doğrulama kodunu yazınız."),
        ((pdf(), b"<b>"), {}, "Dosya PDF, JPEG, PNG ya da TIFF olmalıdır."),
        ((pdf(), picture()), {"kod": "0000-0000-0000-0000-0000"}, "güncel formu isteyiniz"),
        ((pdf(),), {"files-0-basvuru": "y"}, "Kimlik belgesi listede yok"),
    ],
)  # fmt: skip
def test_what_lacks_is_said_at_its_field_and_nothing_is_kept(
    world: World, officer: Visitor, files: tuple[bytes, ...], changed: dict[str, str], said: str
) -> None:
    case = waiting_for_paper(world)
    page = take_in(officer, world, case, *files, status=422, **changed)
    assert page.title.startswith("Hata:")
    assert any(said in error for error in page.all("p", class_="field-error"))
    assert world.state(case) == "in_person"
    assert world.all(Scan) == []


@pytest.mark.usefixtures("drawn")
def test_a_refused_registration_is_on_record_as_any_other(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    wrong = {"kod": "0000-0000-0000-0000-0000"}
    take_in(officer, world, case, pdf(), picture(), status=422, **wrong)
    assert [row.code for row in world.all(RefusedAttempt)] == ["paper.other_version"]


@pytest.mark.usefixtures("drawn")
def test_more_scans_than_an_application_takes_are_refused_whole(
    world: World, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.papers.scans.MOST", 1)
    case = waiting_for_paper(world)
    page = take_in(officer, world, case, pdf(), picture(), status=422)
    assert "en çok 1 tarama" in page.text
    assert world.all(Scan) == []


@pytest.mark.usefixtures("drawn")
def test_nobody_takes_in_the_paper_of_their_own_application(
    world: World, staff: Staff, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    officer.get(path(case, "taramalar"))
    for kind, content in (("application_form", pdf()), ("identity", picture())):
        officer.post(path(case, "taramalar"), tur=kind, dosya=(io.BytesIO(content), "a"))
    world.write("UPDATE application SET person_id = :me", me=human(staff.officer))
    page = take_in(officer, world, case, status=403)
    assert page.heading == "İşlem yapılamaz: Evrakı kaydet"
    assert (
        "Kendi başvurunuzun"
        in take_in(officer, world, case, pdf(2), picture("JPEG"), status=422).text
    )
    assert world.state(case) == "in_person"


@pytest.mark.usefixtures("drawn")
def test_who_comes_late_is_told_and_registers_nothing(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    page = take_in(officer, world, case, pdf(), picture(), status=409, seen="1")
    assert page.heading == "Bu başvuru siz bakarken ilerledi"
    odd = take_in(officer, world, case, pdf(), picture(), status=409, seen="x")
    assert odd.heading == "Bu başvuru siz bakarken ilerledi"
    take_in(officer, world, case, pdf(), picture())
    assert officer.get(desk(case)).heading.startswith(path(case)[4:])  # its scans, nothing to take
