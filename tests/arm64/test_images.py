"""Our own Dockerfiles built for arm64, and what they start, by qemu-user: a service's tests, migrations, the website."""

import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.support.database import create
from psycopg.conninfo import conninfo_to_dict

from embedded.paths import REPOSITORY
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.servers.postgres import Postgres

from . import arm64

pytestmark = [pytest.mark.skipif(bool(arm64.lacking()), reason=arm64.lacking()), pytest.mark.timeout(3600)]
SERVICES = sorted(path.parent.name for path in (REPOSITORY / "services").glob("*/__main__.py"))
TEST_TOOLS = (
    "pytest",
    "pluggy",
    "iniconfig",
    "pytest-asyncio",
    "pytest-timeout",
    "hypothesis",
    "sortedcontainers",
    "psutil",
)
FIRST_ANSWER_SECONDS = 300  # qemu translates all of Python's start


@pytest.fixture(scope="module")
def recorder() -> Iterator[str]:
    with arm64.container(arm64.service("recorder")) as name:
        yield name


def test_the_image_is_for_arm64_and_has_the_locked_packages(recorder: str) -> None:
    (image,) = (
        json.loads(arm64.buildah("inspect", "--type", "image", "localhost/stream-scout/recorder:arm64"))["OCIv1"],
    )
    assert image["architecture"] == "arm64"
    assert image["config"]["User"] == "10001:10001"
    told = arm64.run(recorder, "python", "-c", "import os, platform; print(platform.machine(), os.getuid())")
    assert told.split() == ["aarch64", "10001"]
    # What is compiled is imported: each of these loads a library made for arm64.
    arm64.run(
        recorder, "python", "-c", "import confluent_kafka, msgspec, PIL._imaging, psycopg_binary, pydantic_core, yarl"
    )


def test_a_services_own_tests_pass_inside(recorder: str, tmp_path: Path) -> None:
    lock = (REPOSITORY / "infrastructure/requirements/dev.txt").read_text()
    blocks = [
        block for block in re.split(r"^(?=[\w.-]+==)", lock, flags=re.MULTILINE) if block.split("==")[0] in TEST_TOOLS
    ]
    assert len(blocks) == len(TEST_TOOLS)
    script = "cat > /tmp/tools.txt <<END\n{}END\npip install --quiet --no-deps --require-hashes --target /opt/tools -r /tmp/tools.txt"
    arm64.run(recorder, "sh", "-c", script.format("".join(blocks)), user="0")
    told = arm64.run(
        *(recorder, "python", "-m", "pytest", "-q", "--override-ini=addopts=", "--import-mode=importlib"),
        *("-p", "no:cacheprovider", "--confcutdir=tests/unit", "tests/unit/recorder"),
        PYTHONPATH="/app/libraries:/app/services:/app/tools:/app/tests:/opt/tools",
        HYPOTHESIS_STORAGE_DIRECTORY="/tmp/hypothesis",
    )
    passed = re.search(r"(\d+) passed", told)
    assert passed, told
    assert int(passed[1]) >= 60
    assert "failed" not in told


@pytest.mark.parametrize("service", [each for each in SERVICES if each not in ("clip_detector", "recorder")])
def test_each_services_image_is_built_and_imports_what_it_runs(service: str) -> None:
    with arm64.container(arm64.service(service)) as name:
        arm64.run(name, "python", "-c", f"import {service}.main")


@pytest.fixture(scope="module")
def migrated(postgres_server: Postgres, recorder: str) -> str:
    """The address of a database that the arm64 recorder has migrated, with its password."""
    address = create(postgres_server, "migrated_by_arm64")
    password = (postgres_server.passwords / "postgres_owner_password").read_text()
    dsn = with_password(address, password)
    arm64.run(recorder, "python", "-m", "recorder.migrate", POSTGRES_DSN=dsn)
    return dsn


def with_password(dsn: str, password: str) -> str:
    parts = conninfo_to_dict(dsn)
    return f"postgresql://{parts['user']}:{password}@{parts['host']}:{parts['port']}/{parts['dbname']}"


def test_the_website_starts_on_arm64_and_answers(migrated: str, postgres_server: Postgres, tmp_path: Path) -> None:
    port, metrics_port = free_ports(2)
    password = (postgres_server.passwords / "postgres_api_frontend_password").read_text()
    settings = {
        "POSTGRES_DSN": with_password(migrated.replace("owner:", "api_frontend:", 1), password),
        "API_PORT": str(port),
        "API_METRICS_PORT": str(metrics_port),
        "API_HIDDEN_WORDS": "/app/configs/hidden_words.toml",
    }
    with arm64.container(arm64.service("api_frontend")) as name:
        begin = time.monotonic()
        with arm64.running(name, tmp_path / "log", "python", "-m", "api_frontend", **settings) as process:
            wait_for(
                "the website", lambda: answered(f"http://127.0.0.1:{port}/ready", process), FIRST_ANSWER_SECONDS, 1
            )
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as page:
                assert b"<title>" in page.read()
        print(f"the website answered after {time.monotonic() - begin:.0f} s under qemu")


def answered(url: str, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "the website ended"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bool(json.loads(answer.read())["version"] == "arm64")
    except (urllib.error.URLError, OSError):
        return False
