"""A machine fetches a version: from a real registry into a real Docker, and only what its labels say it is."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .acting import REPOSITORY
from .registry import PROGRAM, Registry, running

VERSION = "0.0.1-pulled"  # no version that a machine might have
COMMIT = "0123456789abcdef0123456789abcdef01234567"
ON_A = sorted(
    set(re.findall(r"image: (stream-scout/[a-z-]+):", (REPOSITORY / "docker-compose.reliable.yml").read_text()))
)


def docker(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *words], capture_output=True, text=True, timeout=60, check=False)


def has_docker() -> bool:
    if not os.environ.get("DELIVERY"):
        return True  # the folder's tests are skipped anyway: ask nobody
    try:
        return docker("info").returncode == 0
    except OSError:
        return False


pytestmark = [
    pytest.mark.skipif(PROGRAM is None, reason="docker-registry is missing: apt-get install docker-registry"),
    pytest.mark.skipif(not has_docker(), reason="Docker does not run here: apt-get install docker.io"),
]


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """A registry; what was fetched from it is taken away again."""
    with running(tmp_path) as registry:
        yield registry
        names = [f"{where}{name}:{VERSION}" for name in ON_A for where in ("", f"{registry.address}/us/")]
        docker("image", "rm", *names)


def pull(registry: Registry, machine: str = "A", commit: str = COMMIT) -> tuple[int, str]:
    done = subprocess.run(
        [REPOSITORY / "infrastructure/images/pull.sh", machine, VERSION],
        capture_output=True,
        text=True,
        env={**os.environ, "IMAGE_REGISTRY": f"{registry.address}/us", "COMMIT": commit},
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def push_all(registry: Registry, *, version: str = VERSION, commit: str = COMMIT) -> None:
    for name in ON_A:
        registry.push(f"us/{name}", VERSION, "amd64", version=version, revision=commit)


def test_all_images_of_a_get_the_names_of_the_compose_file(registry: Registry) -> None:
    push_all(registry)
    code, output = pull(registry)
    assert code == 0, output
    assert sorted(re.findall(r"^ok  (\S+)$", output, re.MULTILINE)) == [f"{name}:{VERSION}" for name in ON_A]
    assert len(ON_A) == 5
    for name in ON_A:
        assert docker("image", "inspect", f"{name}:{VERSION}").returncode == 0


def test_an_image_that_says_it_is_another_is_refused(registry: Registry) -> None:
    push_all(registry, version="0.0.2")
    code, output = pull(registry)
    assert code == 1
    assert "says that it is another version" in output
    assert docker("image", "inspect", f"{ON_A[0]}:{VERSION}").returncode == 1, "it has no name to be started by"


def test_an_image_of_another_commit_is_refused(registry: Registry) -> None:
    push_all(registry)
    code, output = pull(registry, commit="f" * 40)
    assert code == 1
    assert "is of another commit" in output


def test_an_image_that_is_missing_ends_it(registry: Registry) -> None:
    push_all(registry)
    code, output = pull(registry, "B")
    assert code == 1
    assert "stream-scout/flink" in output
    assert "cannot be fetched" in output
