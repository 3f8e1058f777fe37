"""The sample alarms, judged by a real Prometheus: each comes with its fault and goes with it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import requests
import yaml
from sqlalchemy import text
from werkzeug.serving import make_server

from handlers.certificates import revocation_lists
from handlers.upkeep import figures, liveness
from handlers.upkeep.token_faults import TokenFault
from signing.errors import ModuleAbsent
from states.kit.errors import DatabaseUnavailable
from tests.house.tree import ROOT
from tests.kit.ports import free_port
from tests.kit.until import until
from web.gate.permissions import public
from web.site.app import create_app
from web.site.guarded import DatabaseGuard
from workflow.model.clock import SystemClock
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from web.gate.composition import Composition
    from web.site.health import Meters

RULES = ROOT / "docs" / "deploy" / "alerts.yml"
PROMETHEUS = shutil.which("prometheus")
PROMTOOL = shutil.which("promtool")

pytestmark = pytest.mark.skipif(PROMETHEUS is None, reason=".ci/setup test installs prometheus")

CONFIGURATION = """
global: {{scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 250ms}}
rule_files: [rules.yml]
scrape_configs:
  - job_name: nes-ofis
    scrape_timeout: 200ms
    static_configs: [{{targets: ["127.0.0.1:{site}"]}}]
"""


def alarms() -> set[str]:
    """Return the names of all alarms of the sample."""
    (group,) = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return {rule["alert"] for rule in group["rules"]}


def hasty() -> str:
    """Return the sample with no patience: what has to last minutes has to last for one look."""
    rules = re.sub(r"for: \d+m", "for: 0s", RULES.read_text(encoding="utf-8"))
    return rules.replace("[10m]", "[5s]")


class Watch:
    """A running Prometheus."""

    def __init__(self, port: int) -> None:
        """Ask it on a port of this machine."""
        self.port = port

    def firing(self) -> set[str]:
        """Return which alarms ring."""
        try:
            answer = requests.get(f"http://127.0.0.1:{self.port}/api/v1/alerts", timeout=30)
        except requests.ConnectionError:
            return {"not yet"}
        if not answer.ok:
            return {"not yet"}
        found = answer.json()["data"]["alerts"]
        return {one["labels"]["alertname"] for one in found if one["state"] == "firing"}

    def sees(self, wanted: Callable[[set[str]], bool], do: Callable[[], object]) -> None:
        """Look again and again, doing something each time, until what rings is as wanted."""

        def so() -> bool:
            do()
            return wanted(self.firing())

        until(so, "the alarms are as they should be")


@contextmanager
def watching(folder: Path, site: int) -> Iterator[Watch]:
    """Run Prometheus over the site until the block ends."""
    (folder / "rules.yml").write_text(hasty(), encoding="utf-8")
    (folder / "prometheus.yml").write_text(CONFIGURATION.format(site=site), encoding="utf-8")
    port = free_port()
    command = [
        str(PROMETHEUS),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env={"PATH": os.defpath}, stdout=log, stderr=log)
        try:
            yield Watch(port)
        finally:
            process.terminate()
            process.wait(60)


@contextmanager
def served(app: Flask, port: int) -> Iterator[None]:
    """Serve the site on a port until the block ends."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Ground:
    """The office under the site, in health or with everything that rings an alarm."""

    def __init__(
        self, world: World, database: Database, composition: Composition, app: Flask
    ) -> None:
        """Let the office live by the clock of Prometheus, with a worker that was just heard of."""
        self.world, self.database, self.app, self.engine = world, database, app, world.engine
        self.engine.clock = SystemClock()
        app.extensions["nes.guard"] = DatabaseGuard(composition.database, every=0)
        world.write("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
        revocation_lists.ensure_fresh(self.engine.database, world.services, self.engine.clock.now())
        sweep(self.engine)
        figures.count(self.engine)

    def beat(self) -> None:
        """Be heard of as the worker."""
        self.world.write("UPDATE procrastinate_workers SET last_heartbeat = now()")

    def fall_ill(self, patch: pytest.MonkeyPatch, composition: Composition) -> None:
        """Make every fault that leaves the site answering."""
        self.world.write("UPDATE procrastinate_workers SET last_heartbeat = now() - INTERVAL '1 h'")
        self.world.write("UPDATE sweep_run SET finished_at = finished_at - INTERVAL '1 h'")
        self.world.write(
            "INSERT INTO procrastinate_jobs"
            " (queue_name, task_name, status, attempts, queueing_lock, scheduled_at)"
            " VALUES ('effect', 'effect', 'todo', 5, '1/1/notice.send', now() - INTERVAL '1 h')"
        )
        self.world.write(
            "INSERT INTO outside_wait (key, party, code, tries, since, at, next_at) VALUES"
            " ('1/1/x', 'courier', 'TimeoutError', 9, now() - INTERVAL '2 h', now(), now())"
        )
        self.guard("DISABLE TRIGGER")
        patch.setattr(
            "handlers.upkeep.token_faults.find", lambda *_: [TokenFault("a", "x", "lost")]
        )
        patch.setattr(liveness, "room", lambda _: (5, 100))
        patch.setattr("web.site.outside_meters.difference", lambda _: timedelta(seconds=60))
        ailing = replace(self.engine.services, own_keys=Ailing())  # type: ignore[arg-type]
        patch.setattr(composition.engine, "services", ailing)
        figures.count(self.engine)
        end = timedelta(hours=5)
        patch.setattr(liveness, "read", _list_ends_in(end))

    def recover(self, patch: pytest.MonkeyPatch) -> None:
        """Take every fault back."""
        patch.undo()
        self.beat()
        self.world.write("UPDATE procrastinate_jobs SET status = 'failed'")
        self.world.write("DELETE FROM outside_wait")
        self.guard("ENABLE ALWAYS TRIGGER")
        sweep(self.engine)
        figures.count(self.engine)

    def guard(self, verb: str) -> None:
        """Take the journal's guard away, or put it back."""
        with self.database.owner.begin() as connection:
            connection.execute(text(f"ALTER TABLE journal {verb} append_only"))

    def err(self) -> None:
        """Answer 500 once, and once after a long time."""
        meters: Meters = self.app.extensions["nes.meters"]
        meters.seconds.labels("broken").observe(9)
        answer = self.app.test_client().get("/bozuk")
        assert answer.status_code == 500


class Ailing:
    """Keys of the house that are lost."""

    def ailment(self) -> ModuleAbsent:
        """Say so."""
        return ModuleAbsent(module="m")


def _list_ends_in(span: timedelta) -> Callable[..., liveness.Vitals]:
    """Return what reads the vitals, of a list that counts no longer than a while."""
    read = liveness.read

    def found(*given: object) -> liveness.Vitals:
        now = SystemClock().now()
        late = {"list_until": now + span, "list_since": now - span, "list_changes": 1}
        return replace(read(*given), blank_cards=99, **late)  # type: ignore[arg-type]

    return found


def test_the_sample_is_what_prometheus_reads() -> None:
    done = subprocess.run(
        [str(PROMTOOL), "check", "rules", str(RULES)],
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_alarm_stands_in_the_page_of_operations() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert {name for name in alarms() if f"`{name}`" in page} == alarms()


@pytest.mark.own_site
def test_each_alarm_comes_with_its_fault_and_goes_with_it(
    world: World, database: Database, composition: Composition, tmp_path: Path
) -> None:
    app = create_app(composition)

    @app.get("/bozuk")
    @public
    def broken() -> str:
        raise RuntimeError

    ground, port = Ground(world, database, composition, app), free_port()
    with watching(tmp_path, port) as watch:
        with served(app, port), pytest.MonkeyPatch.context() as patch:
            watch.sees(lambda found: not found, ground.beat)
            ground.fall_ill(patch, composition)
            here = alarms() - {"NesAway", "NesDatabaseAway"}
            watch.sees(lambda found: found == here, ground.err)
            ground.recover(patch)
            watch.sees(lambda found: not found, ground.beat)
            patch.setattr(liveness, "read", _away)
            watch.sees(lambda found: found == {"NesDatabaseAway"}, ground.beat)
            patch.undo()
            watch.sees(lambda found: not found, ground.beat)
        watch.sees(lambda found: found == {"NesAway"}, ground.beat)
        with served(app, port):
            watch.sees(lambda found: not found, ground.beat)


def _away(*_: object) -> liveness.Vitals:
    raise DatabaseUnavailable("The database is away.")
