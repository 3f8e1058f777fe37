"""The code page: readable, bound to its browser, honest about time."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from states.cases.code import Code
from states.cases.consent import Consent
from tests.kit.handlers.world import SYSTEM
from tests.kit.web.program import Program, address, code_for_consent, digits, signed
from tests.web.portal.conftest import signed_in
from web.gate.composition import KEY

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor
    from tests.web.portal.conftest import Holder


def test_the_page_shows_groups_end_fingerprint_and_the_command(
    world: World, holder: Holder
) -> None:
    page = code_for_consent(holder.browser)
    shown = digits(page)
    assert re.fullmatch(r"\d{3}( \d{3}){4}", shown)
    assert "Son kullanma: 02.03.2026 12:05:00" in page.text
    assert re.search(r"kısa özeti: [0-9A-F]{4}(-[0-9A-F]{4}){3}", page.text)
    (command,) = page.all("pre")
    plain = shown.replace(" ", "")
    held = holder.held
    assert re.match(
        rf"(\S+/)?nes-imza {plain} --url http://localhost --token {held.card_serial} --store ",
        command,
    )
    assert page.all("dd") == [held.card_serial, held.pin]
    (window,) = page.all("code")
    assert window == command.replace(f" {plain}", "").replace(f" --token {held.card_serial}", "")
    (code,) = world.all(Code)
    assert plain.encode() not in code.code_hash


def test_the_page_is_the_same_on_reload_and_its_end_stands_still(
    world: World, holder: Holder
) -> None:
    page = code_for_consent(holder.browser)
    world.clock.advance(seconds=100)
    again = holder.browser.get(address(page))
    assert digits(again) == digits(page)
    assert "Son kullanma: 02.03.2026 12:05:00" in again.text
    assert 'data-left="200"' in again.response.text
    assert '<meta http-equiv="refresh" content="10">' in again.response.text


def test_the_seconds_are_hidden_from_readers_that_are_told_by_the_minute(holder: Holder) -> None:
    html = code_for_consent(holder.browser).response.text
    assert '<span aria-hidden="true" id="geri-sayim" hidden>' in html
    assert '<p role="status" id="kalan-duyuru" class="visually-hidden"' in html


def test_no_script_or_style_stands_in_the_page_itself(holder: Holder) -> None:
    page = code_for_consent(holder.browser)
    policy = page.response.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    scripts = list(page.tree.iter("script"))
    assert {script.get("src") for script in scripts} == {
        "/static/frame.js",
        "/static/poll.js",
        "/static/code.js",
    }
    assert {script.get("nonce") for script in scripts} == {nonce[1]}
    assert "unsafe" not in policy


def test_the_waiting_page_is_told_how_the_code_stands(
    world: World, holder: Holder, program: Program
) -> None:
    page = code_for_consent(holder.browser)
    state = f"{address(page)}/durum"

    def asked() -> object:
        answer = holder.browser.client.get(state)
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.json

    assert asked() == {"state": "issued", "left": 300, "refused": 0}
    claim = program.claim(digits(page))
    world.clock.advance(seconds=0.4)
    assert asked() == {"state": "claimed", "left": 300, "refused": 0}
    program.rejected(claim.secret, world.sign_bytes(holder.held, b"x"), 422)
    assert asked() == {"state": "claimed", "left": 300, "refused": 1}
    program.send(claim.secret, signed(world, holder.held, claim))
    assert asked() == {"state": "used", "left": 300, "refused": 1}


def test_once_the_code_was_taken_the_page_says_so_and_shows_no_digits(
    holder: Holder, program: Program
) -> None:
    page = code_for_consent(holder.browser)
    shown = digits(page)
    assert '<a href="/nes-imza">' in page.response.text
    program.claim(shown)
    taken = holder.browser.get(address(page))
    assert "Kod nes-imza tarafından alındı" in taken.text
    for gone in (shown, shown.replace(" ", ""), "nes-imza:sign", "nes-imza ile aç", "komut"):
        assert gone not in taken.response.text.replace('id="kod-sayfasi"', "")
    # The PIN of the demo's card is what the person needs next.
    assert taken.all("dd") == [holder.held.card_serial, holder.held.pin]


def test_waiting_never_prolongs_the_session(world: World, holder: Holder) -> None:
    page = code_for_consent(holder.browser)
    for _ in range(4):
        world.clock.advance(minutes=10)
        last = holder.browser.client.get(f"{address(page)}/durum")
        holder.browser.client.get(address(page))
    assert last.status_code == 302
    assert last.location.startswith("/giris")


def test_an_expired_code_offers_a_new_one_without_the_text_again(
    world: World, holder: Holder
) -> None:
    page = code_for_consent(holder.browser)
    world.clock.advance(seconds=301)
    over = holder.browser.get(address(page))
    assert "Kodun süresi doldu." in over.text
    assert "refresh" not in over.response.text
    fresh = holder.browser.post(f"{address(page)}/yeni")
    assert "Son kullanma: 02.03.2026 12:10:01" in fresh.text
    assert len(world.all(Consent)) == 1
    old = holder.browser.get(address(page))
    assert "yerine yenisi alındı" in old.text or "Kodun süresi doldu" in old.text


def test_only_the_browser_that_asked_sees_the_code_and_its_result(
    app: Flask, holder: Holder, newcomer: Visitor
) -> None:
    page = code_for_consent(holder.browser)
    elsewhere = signed_in(app, holder.person_id)
    for other in (elsewhere, newcomer):
        other.get("/basvurularim")
        other.get(address(page), 404)
        other.get(f"{address(page)}/durum", 404)
        other.get("/basvurularim")
        other.post(f"{address(page)}/yeni", 404)


def test_what_is_no_code_is_unknown(holder: Holder) -> None:
    for path in ("/kod/yok", "/kod/K000000999", "/kod/B000000001"):
        holder.browser.get(path, 404)


def test_the_digits_of_an_older_code_are_not_shown_beside_a_newer_one(
    world: World, holder: Holder
) -> None:
    page = code_for_consent(holder.browser)
    holder.browser.post(f"{address(page)}/yeni")
    old = holder.browser.get(address(page))
    assert digits(page) not in old.text
    assert {row.state for row in world.all(Code)} == {"replaced", "issued"}


def test_a_session_that_lost_the_digits_says_so(holder: Holder) -> None:
    page = code_for_consent(holder.browser)
    with holder.browser.client.session_transaction() as session:
        del session["code"]
    bare = holder.browser.get(address(page))
    assert "rakamları artık gösterilemiyor" in bare.text
    assert "nes-imza KOD --url" in bare.text


def test_a_person_without_a_card_here_reads_a_command_to_complete(
    newcomer: Visitor,
) -> None:
    page = code_for_consent(newcomer)
    assert "--token 'KART-ETİKETİ'" in page.all("pre")[0]
    assert "Deneme kartınızın etiketi" not in page.text


def test_a_signature_for_a_closed_case_gets_no_new_code(world: World, holder: Holder) -> None:
    page = code_for_consent(holder.browser)
    (consent,) = world.all(Consent)
    world.engine.fire(consent.id, "abandon", SYSTEM)
    holder.browser.post(f"{address(page)}/yeni", 409)


def test_the_demo_names_the_program_that_lies_beside_its_python(
    holder: Holder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "nes-imza").touch()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    page = code_for_consent(holder.browser)
    assert page.all("code")[0].startswith(f"{tmp_path}/bin/nes-imza --url ")
    monkeypatch.chdir(tmp_path)
    near = holder.browser.get(address(page)).all("code")[0]
    assert near.startswith("bin/nes-imza --url ")
    assert near.endswith(" --store var/tokens")
    (tmp_path / "bin" / "nes-imza").unlink()
    assert holder.browser.get(address(page)).all("code")[0].startswith("nes-imza --url ")


def test_outside_the_demo_the_page_names_no_card(holder: Holder, app: Flask) -> None:
    page = code_for_consent(holder.browser)
    composition = app.extensions[KEY]
    bare = composition.settings.model_copy(update={"demo": False})
    app.extensions[KEY] = type(composition)(
        bare, composition.database, composition.library, composition.clock, composition.engine
    )
    again = holder.browser.get(address(page))
    assert "Deneme kartınızın etiketi" not in again.text
    assert again.all("pre") == again.all("code") == []
    plain = digits(page).replace(" ", "")
    link = f'href="nes-imza:sign?code={plain}&amp;server=http%3A%2F%2Flocalhost"'
    assert link in again.response.text
