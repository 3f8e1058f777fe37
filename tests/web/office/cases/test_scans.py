"""Paper at the desk: finding its application, taking a scan in, looking at it, approving it."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

import pytest

from handlers.applications.payloads import CHECK_LIST
from handlers.papers import scans
from states.cases.application import Application
from states.logs.access import AccessEntry
from states.papers.scan import Scan
from tests.handlers.papers.test_scans import pdf, picture
from tests.kit.handlers.paper import lay_scan
from tests.kit.handlers.world import ISMAIL
from tests.kit.web.staff import Staff, approval, path, printed_code, under_review, waiting_for_paper

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor


TICKED: dict[str, Any] = {"how": "face_to_face", "checked": list(CHECK_LIST), "reason": ""}
"""What an officer says who has compared everything."""


def upload(someone: Visitor, case: int, content: bytes, status: int = 200) -> Page:
    """Upload a file as a browser does; its name and claimed sort are of no account."""
    address = path(case, "taramalar")
    someone.get(address)
    file = (io.BytesIO(content), "../../evil.html", "text/html")
    return someone.post(address, status=status, tur="application_form", dosya=file)


@pytest.mark.parametrize("way", ["reference", "code", "capitals", "address"])
def test_a_paper_finds_its_application_by_what_stands_on_it(
    world: World, officer: Visitor, way: str
) -> None:
    case = waiting_for_paper(world)
    code = printed_code(world, case)
    typed = {
        "reference": f" {path(case).removeprefix('/is/')} ",
        "code": code,
        "capitals": code.upper(),
        "address": f"https://example.test/dogrula?kod={code}",
    }[way]
    officer.get("/evrak-kabul")
    page = officer.post("/evrak-kabul", numara=typed)
    assert page.heading == "Evrakı kaydet"
    assert page.value("kod") == ("" if way == "reference" else code)


def test_a_paper_of_an_application_that_is_registered_leads_to_its_scans(
    world: World, staff: Staff, officer: Visitor
) -> None:
    case = under_review(world, staff.officer)
    officer.get("/evrak-kabul")
    page = officer.post("/evrak-kabul", numara=printed_code(world, case))
    assert page.all("h3") == ["1. İmzalı başvuru formu ve taahhütname"]


@pytest.mark.parametrize("typed", ["B000099999", "O000000001", "2985-9ae7-3ed4-bec7-d1e7", "x"])
def test_a_number_that_nobody_has_is_said_to_be_unknown(officer: Visitor, typed: str) -> None:
    officer.get("/evrak-kabul")
    page = officer.post("/evrak-kabul", status=422, numara=typed)
    assert "Bu numarayla bir başvuru bulunamadı" in page.text
    assert page.title.startswith("Hata:")
    assert page.value("numara") == typed
    assert officer.post("/evrak-kabul", status=422, numara="").title.startswith("Hata:")


def test_a_scan_is_taken_in_shown_in_small_and_opened_for_a_purpose(
    world: World, staff: Staff, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    page = upload(officer, case, pdf(2))
    assert "Tarama başvuruya eklendi." in page.text
    (scan,) = world.all(Scan)
    assert (scan.media_type, scan.pages) == ("application/pdf", 2)
    assert hashlib.sha256(scan.content).hexdigest() in page.text
    pictures = [image.get("src", "") for image in page.tree.iter("img")]
    assert len(pictures) == 2
    assert all(source.startswith("data:image/jpeg;base64,") for source in pictures)
    assert world.all(AccessEntry) == []

    opened = officer.post(path(case, "taramalar", str(scan.id)), amac="review")
    assert "Bu okuma kaydedildi." in opened.text
    assert len(list(opened.tree.iter("img"))) == 2
    (read,) = world.all(AccessEntry)
    assert (read.what, read.actor) == (f"scan:{scan.sha256}", f"user:{staff.officer}")
    assert read.purpose == "Başvurunun incelenmesi"


def test_an_original_is_only_ever_handed_out_as_a_file_that_may_do_nothing(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    upload(officer, case, picture("JPEG"))
    (scan,) = world.all(Scan)
    address = path(case, "taramalar", str(scan.id), "asil")
    data = {"amac": "audit", "csrf_token": officer.token}
    answer = officer.client.post(address, data=data)
    assert answer.data == picture("JPEG")
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Disposition"].endswith(f'-tarama-{scan.id}.jpg"')
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert len(world.all(AccessEntry)) == 1
    officer.post(address, status=400, amac="merak")
    assert len(world.all(AccessEntry)) == 1


def test_a_file_that_is_no_scan_is_refused_at_its_field(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    page = upload(officer, case, b"<script>alert(1)</script>", status=422)
    assert "Dosya PDF, JPEG, PNG ya da TIFF olmalıdır." in page.all("p", class_="field-error")
    assert "Hata:" in page.title
    address = path(case, "taramalar")
    assert "Yüklenecek dosyayı seçiniz." in officer.post(address, 422, tur="other").text
    wrong = officer.post(address, 422, tur="yok", dosya=(io.BytesIO(picture()), "a.png"))
    assert "Hata:" in wrong.title
    assert world.all(Scan) == []


def test_a_file_beyond_the_limit_is_refused_in_words(
    world: World, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scans, "LARGEST", 5_000)
    page = upload(officer, waiting_for_paper(world), b"%PDF-" + b"0" * 5_000, status=422)
    assert "bölerek yükleyiniz" in page.text


def test_a_scan_of_another_application_is_not_found(world: World, officer: Visitor) -> None:
    mine, other = waiting_for_paper(world), waiting_for_paper(world, ISMAIL)
    upload(officer, mine, picture())
    (scan,) = world.all(Scan)
    officer.post(path(other, "taramalar", str(scan.id)), status=404, amac="review")
    officer.post(path(mine, "taramalar", "999"), status=404, amac="review")
    me = world.read(Application, mine).person_id
    officer.get(f"/is/O{world.offer(me):09}/taramalar", status=404)
    assert world.all(AccessEntry) == []


def test_only_an_officer_takes_scans_in_while_paper_is_awaited(
    world: World, officer: Visitor, auditor: Visitor
) -> None:
    case = waiting_for_paper(world)
    assert "Yükle" in officer.get(path(case, "taramalar")).buttons
    assert "Yükle" not in auditor.get(path(case, "taramalar")).buttons
    auditor.post(path(case, "taramalar"), status=403, tur="other")
    world.write("UPDATE application SET state = 'held' WHERE id = :case", case=case)
    assert "Yükle" not in officer.get(path(case, "taramalar")).buttons
    late = (io.BytesIO(picture()), "a.png")
    page = officer.post(path(case, "taramalar"), tur="other", dosya=late)
    assert "Bu başvuru şu anda evrak kabul etmiyor." in page.text


def test_who_approves_sees_form_and_scans_and_is_told_when_one_came_in_since(
    world: World, staff: Staff, officer: Visitor, second: Visitor
) -> None:
    case = under_review(world, staff.officer)
    page = second.get(path(case, "islem", "approve_paper"))
    assert printed_code(world, case) in page.text  # the words of the form
    assert "10000000146" not in page.text
    assert "A01B" in page.text
    form = approval(second, case)
    lay_scan(world, case, pages=2, kind="identity")
    refused = second.post(path(case, "islem", "approve_paper"), status=422, **form)
    assert "Siz bakarken bu başvuruya yeni tarama eklendi." in refused.text
    assert world.state(case) == "paper_received"
    second.post(path(case, "islem", "approve_paper"), **approval(second, case))
    assert world.state(case) == "queued"
    assert officer.get(path(case, "taramalar")).status == 200


def test_nobody_approves_a_page_that_they_have_not_opened_or_a_list_that_is_not_ticked(
    world: World, staff: Staff, second: Visitor
) -> None:
    case = under_review(world, staff.officer)
    lay_scan(world, case, pages=2, kind="identity")
    address = path(case, "islem", "approve_paper")
    page = second.get(address)
    sources = [image.get("src", "") for image in page.tree.iter("img")]
    assert len(sources) == 3
    second.client.get(sources[0])
    form = {**{name: page.value(name) for name in ("seen", "view")}, **TICKED}
    unseen = second.post(address, status=422, **form)
    assert "Taramaların 2 sayfasını açmadınız" in unseen.text
    assert unseen.title.startswith("Hata:")
    for source in sources[1:]:
        second.client.get(source)
    ticked = {**form, "checked": ["form_current", "signed", "same_person"]}
    unchecked = second.post(address, status=422, **ticked)
    assert "Denetim listesinde 1 madde işaretlenmedi" in unchecked.text
    boxes = [one for one in unchecked.tree.iter("input") if one.get("name") == "checked"]
    assert [one.get("value") for one in boxes if one.get("checked") is None] == ["document_valid"]
    assert world.state(case) == "paper_received"
    second.post(address, **form)
    assert world.state(case) == "queued"
    paper: Any = world.read(Application, case).paper
    assert paper["checked"] == list(CHECK_LIST)


def test_each_page_that_is_opened_is_a_read_on_record_and_no_other_is_there(
    world: World, staff: Staff, second: Visitor, officer: Visitor
) -> None:
    case, other = under_review(world, staff.officer), waiting_for_paper(world, ISMAIL)
    (scan,) = world.all(Scan)
    one = path(case, "taramalar", str(scan.id), "sayfa")
    answer = second.client.get(f"{one}/1")
    assert (answer.data, answer.headers["Cache-Control"]) == (b"\xff\xd8large", "no-store")
    (read,) = world.all(AccessEntry)
    assert (read.what, read.actor) == (f"scan:{scan.sha256}:1", f"user:{staff.second}")
    for missing in (f"{one}/2", f"{one}/99999999999", path(other, "taramalar", "1", "sayfa", "1")):
        assert second.client.get(missing).status_code == 404
    assert officer.client.get(path(case, "taramalar", "9" * 20, "sayfa", "1")).status_code == 404
    assert len(world.all(AccessEntry)) == 1


def test_an_approval_without_the_hash_of_what_was_shown_is_not_understood(
    world: World, staff: Staff, second: Visitor
) -> None:
    case = under_review(world, staff.officer)
    form = approval(second, case) | {"view": ""}
    second.post(path(case, "islem", "approve_paper"), status=400, **form)
    assert world.state(case) == "paper_received"
