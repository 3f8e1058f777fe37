"""Runs a browser test that failed a second time, and names it if it then passes.

Chromium on a busy machine is the one thing here that no test has in its hand. What passes at the
second time counts as passed and is printed as ``FLAKY <id>`` at the end of the run, with the
first failure: somebody may look at it. No other kind of test has a second time.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

from _pytest.runner import runtestprotocol

if TYPE_CHECKING:
    import pytest
    from _pytest.terminal import TerminalReporter

BROWSER = "browser"
"""The fixture that tells a browser test."""

FLAKY = "flaky"
"""Category of a flaky test in the summary, and the name of the property that carries its failure.

A property of a report is what a worker of pytest-xdist hands to the process that prints.
"""


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a browser test, and once more if it failed; leave every other test to pytest."""
    if BROWSER not in getattr(item, "fixturenames", ()):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in _reports(item, nextitem):
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _reports(item: pytest.Item, nextitem: pytest.Item | None) -> list[pytest.TestReport]:
    """Return the reports of the run that counts."""
    first = runtestprotocol(item, log=False, nextitem=nextitem)
    failure = next((report for report in first if report.failed), None)
    if failure is None:
        return first
    _take_down(item)
    second = runtestprotocol(item, log=False, nextitem=nextitem)
    for report in second:
        if report.when == "call" and not any(report.failed for report in second):
            report.user_properties.append((FLAKY, failure.longreprtext))
    return second


def _take_down(item: pytest.Item) -> None:
    """Take down what is narrower than the session, so that a browser that died is not met again.

    pytest itself leaves the fixtures of the file, if its next test stands in it too. A fixture
    whose end fails now belongs to the failure that is known already.
    """
    session = cast("pytest.Item", item.session)  # the last thing that is still needed
    with suppress(Exception):
        item.session._setupstate.teardown_exact(session)  # noqa: SLF001 - nothing public does it


def pytest_report_teststatus(
    report: pytest.CollectReport | pytest.TestReport,
) -> tuple[str, str, str] | None:
    """Count a flaky test as one."""
    if report.when == "call" and report.passed and _failure(report) is not None:
        return FLAKY, "f", FLAKY.upper()
    return None


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print the flaky tests of the run, each with its first failure."""
    found = terminalreporter.stats.get(FLAKY, [])
    if found:
        terminalreporter.section("flaky browser tests")
    for report in found:
        terminalreporter.write_line(_failure(report) or "")
        terminalreporter.write_line(f"{FLAKY.upper()} {report.nodeid}")


def _failure(report: pytest.CollectReport | pytest.TestReport) -> str | None:
    return dict(getattr(report, "user_properties", ())).get(FLAKY)
