"""Tries the API with all checks of schemathesis, against its own description.

Few examples of each endpoint: `make test-api` tries more. The live lines are left out, since they have no end;
tests/integration has its tests.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.support.api_frontend_process import Rows, SiteProcess

EXAMPLES = os.environ.get("API_EXAMPLES", "5")  # of each endpoint
SEED = os.environ.get("API_SEED", "1")
DEADLINE = 1200  # seconds
LIMITS = ("API_RATE_LIMIT", "API_PAGES_RATE_LIMIT", "API_VERDICT_LIMIT", "API_PRESS_LIMIT")
FREELY = dict.fromkeys(LIMITS, "1000000/minute")
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


@pytest.fixture(scope="module")
def site(postgres_of_module: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    rows = Rows(postgres_of_module)
    rows.channel("11", "lunaplays")
    rows.watched("11", "lunaplays")
    rows.progress()
    for number in range(120):
        rows.moment(f"m{number:03d}", 60 * number, revision=3, mood="laughter", causes=["raid"])
        if number % 2:
            rows.clip(f"m{number:03d}", "made")
    with SiteProcess(postgres_of_module, tmp_path_factory.mktemp("site"), **FREELY) as process:
        yield process
    rows.close()


@pytest.mark.timeout(DEADLINE)
def test_the_api_is_as_described(site: SiteProcess, tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("st")
    endless = ["--exclude-path", "/api/v1/events", "--exclude-path", "/api/v1/channels/{login}/emotes/events"]
    what = ["run", f"{site.url}/openapi.json", *endless, "--checks", "all"]
    how = ["--max-examples", EXAMPLES, "--seed", SEED, "--no-color", "--suppress-health-check", "all"]
    command = [str(program), "--config-file", str(CONFIGURATION), *what, *how]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=DEADLINE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in site.log()
