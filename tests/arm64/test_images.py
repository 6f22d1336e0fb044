"""Our own Dockerfiles built for arm64, and what starts of them under qemu-user: tests, migrations, the website."""

import json
import re
import subprocess
import sys
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
PYTEST = {
    *("pytest", "pluggy", "iniconfig", "pytest-asyncio", "pytest-timeout", "hypothesis", "sortedcontainers"),
    "pygments",
    "psutil",  # what a test's own support imports
}
COMPILED = "confluent_kafka, msgspec, PIL._imaging, psycopg, pydantic_core, yarl"
INSTALL = """cat >/tmp/lock.txt <<'END'
{}END
pip install --quiet --no-deps --require-hashes --target /opt/tools --requirement /tmp/lock.txt"""
FIRST_ANSWER_SECONDS = 300  # qemu translates all of Python's start


@pytest.fixture(scope="module")
def recorder() -> Iterator[str]:
    with arm64.container(arm64.service("recorder")) as name:
        yield name


def test_the_image_is_for_arm64_and_has_the_locked_packages(recorder: str) -> None:
    image = json.loads(arm64.buildah("inspect", "--type", "image", "localhost/stream-scout/recorder:arm64"))["OCIv1"]
    assert image["architecture"] == "arm64"
    assert image["config"]["User"] == "10001:10001"
    told = arm64.run(recorder, "python", "-c", "import os, platform; print(platform.machine(), os.getuid())")
    assert told.split() == ["aarch64", "10001"]
    arm64.run(recorder, "python", "-c", f"import {COMPILED}")


def test_a_services_own_tests_pass_inside(recorder: str) -> None:
    lock = (REPOSITORY / "infrastructure/requirements/dev.txt").read_text()
    blocks = re.split(r"^(?=[\w.-]+==)", lock, flags=re.MULTILINE)
    wanted = [block for block in blocks if block.split("==")[0] in PYTEST]
    assert len(wanted) == len(PYTEST)
    arm64.run(recorder, "sh", "-c", INSTALL.format("".join(wanted)), user="0")
    told = arm64.run(
        *(recorder, "python", "-m", "pytest", "-q", "--override-ini=addopts=", "--import-mode=importlib"),
        *("-p", "no:cacheprovider", "-p", "no:warnings", "--hypothesis-profile=ci"),  # `ci`: slow is no failure
        *("--confcutdir=tests/unit", "tests/unit/recorder"),
        PYTHONPATH="/app/libraries:/app/services:/app/tools:/app/tests:/opt/tools",
        HYPOTHESIS_STORAGE_DIRECTORY="/tmp/hypothesis",
    )
    passed = re.search(r"(\d+) passed", told)
    assert passed, told
    assert int(passed[1]) >= 60
    assert "failed" not in told
    sys.stdout.write(told.splitlines()[-1] + "\n")


@pytest.fixture(scope="module")
def migrated(postgres_server: Postgres, recorder: str) -> str:
    """The owner's address of a database that the arm64 recorder has migrated."""
    address = with_password(postgres_server, create(postgres_server, "migrated_by_arm64"), "owner")
    arm64.run(recorder, "python", "-m", "recorder.migrate", POSTGRES_DSN=address)
    return address


def with_password(server: Postgres, dsn: str, role: str) -> str:
    """Return an address with its password: the file that holds them is not in the container."""
    password = (server.passwords / f"postgres_{role}_password").read_text()
    parts = conninfo_to_dict(dsn)
    return f"postgresql://{role}:{password}@{parts['host']}:{parts['port']}/{parts['dbname']}"


def test_the_website_starts_on_arm64_and_answers(migrated: str, postgres_server: Postgres, tmp_path: Path) -> None:
    port, metrics_port = free_ports(2)
    settings = {
        "POSTGRES_DSN": with_password(postgres_server, migrated, "api_frontend"),
        "API_PORT": str(port),
        "API_METRICS_PORT": str(metrics_port),
        "API_HIDDEN_WORDS": "/app/configs/hidden_words.toml",
    }
    with arm64.container(arm64.service("api_frontend")) as name:
        begin, log = time.monotonic(), tmp_path / "log"
        with arm64.running(name, log, "python", "-m", "api_frontend", **settings) as process:
            address = f"http://127.0.0.1:{port}"
            wait_for("the website", lambda: answered(f"{address}/ready", process, log), FIRST_ANSWER_SECONDS, 1)
            with urllib.request.urlopen(f"{address}/", timeout=60) as page:
                assert b"<title>" in page.read()
        sys.stdout.write(f"the website answered after {time.monotonic() - begin:.0f} s under qemu\n")


def answered(url: str, process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bool(json.loads(answer.read())["version"] == "arm64")
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.parametrize("service", [each for each in SERVICES if each not in ("clip_detector", "recorder")])
def test_each_services_image_is_built_and_imports_what_it_runs(service: str) -> None:
    with arm64.container(arm64.service(service)) as name:
        arm64.run(name, "python", "-c", f"import {service}.main")


def test_the_backup_image_has_its_programs() -> None:
    with arm64.container(arm64.build("backup", "backup", VERSION="arm64")) as name:
        assert "restic" in arm64.run(name, "restic", "version")
        assert "usage" in arm64.run(name, "vault", "--help")
