"""A target that tries something whole (WHOLE=1) fails where a part of it did not run, and says what is missing."""

import os
from collections import Counter

import pytest


def missing(reports: list[pytest.TestReport]) -> Counter[str]:
    """Return why tests were skipped, and how many for each reason."""
    reasons = (report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr) for report in reports)
    return Counter(reason.removeprefix("Skipped: ") for reason in reasons)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """pytest's hook: what was asked for and did not run is no success."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not os.environ.get("WHOLE") or hasattr(session.config, "workerinput") or reporter is None:
        return
    found = missing(reporter.stats.get("skipped", []))
    if not found:
        return
    session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED
    reporter.ensure_newline()
    reporter.section("MISSING: not everything of this target ran", sep="=", red=True)
    for reason, count in found.most_common():
        reporter.write_line(f"{count:4d} not run: {reason}")
