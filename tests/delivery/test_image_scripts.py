"""Digests of base images, and a version for two processors, against a real registry and Docker's own buildx."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .acting import REPOSITORY
from .registry import PROGRAM, Registry, running

IMAGES = REPOSITORY / "infrastructure/images"
OURS = sorted(
    set(
        re.findall(
            r"image: stream-scout/([a-z-]+):",
            "".join(path.read_text() for path in REPOSITORY.glob("docker-compose.*.yml")),
        )
    )
)


def has_buildx() -> bool:
    if not os.environ.get("DELIVERY"):
        return True  # the folder's tests are skipped anyway: ask nobody
    try:
        return subprocess.run(["docker", "buildx", "version"], capture_output=True, timeout=20).returncode == 0
    except OSError:
        return False


pytestmark = [
    pytest.mark.skipif(PROGRAM is None, reason="docker-registry is missing: apt-get install docker-registry"),
    pytest.mark.skipif(
        not has_buildx(),
        reason="Docker's buildx is missing: docker-buildx or docker-buildx-plugin",
    ),
]


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with running(tmp_path) as registry:
        yield registry


def run(script: str, *arguments: str, **variables: str) -> tuple[int, str]:
    environment = {**os.environ, **variables}
    done = subprocess.run(
        [IMAGES / script, *arguments], capture_output=True, text=True, env=environment, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_digests_are_fetched_and_checked(registry: Registry, tmp_path: Path) -> None:
    digest = registry.push_both("python", "3.11", "amd64", "arm64")
    file = tmp_path / "base_images.env"
    file.write_text(f"# kept\nPYTHON_IMAGE={registry.address}/python:3.11\n")
    assert run("base_images.sh", "verify", str(file))[0] == 1
    code, output = run("base_images.sh", "refresh", str(file))
    assert code == 0, output
    assert file.read_text() == f"# kept\nPYTHON_IMAGE={registry.address}/python:3.11@{digest}\n"
    assert run("base_images.sh", "verify", str(file))[0] == 0
    newer = registry.push_both("python", "3.11", "arm64", "amd64")
    assert newer != digest
    assert run("base_images.sh", "verify", str(file))[0] == 0, "the tag moved, the digest is still there"


def test_a_digest_that_the_registry_does_not_have_is_refused(registry: Registry, tmp_path: Path) -> None:
    registry.push_both("python", "3.11", "amd64", "arm64")
    file = tmp_path / "base_images.env"
    file.write_text(f"PYTHON_IMAGE={registry.address}/python:3.11@sha256:{'0' * 64}\n")
    code, output = run("base_images.sh", "verify", str(file))
    assert code == 1
    assert "is not in its registry" in output
    file.write_text(f"PYTHON_IMAGE={registry.address}/python:3.12\n")
    code, output = run("base_images.sh", "refresh", str(file))
    assert code == 1
    assert "does not say its digest" in output


def test_an_image_for_one_processor_alone_is_refused(registry: Registry, tmp_path: Path) -> None:
    digest = registry.push_both("python", "3.11", "amd64")
    file = tmp_path / "base_images.env"
    file.write_text(f"PYTHON_IMAGE={registry.address}/python:3.11@{digest}\n")
    code, output = run("base_images.sh", "verify", str(file))
    assert code == 1
    assert "is not there for arm64" in output


def push_parts(registry: Registry, label: str) -> None:
    for image in OURS:
        for architecture in ("amd64", "arm64"):
            registry.push(f"us/stream-scout/{image}", f"1.2.3-{architecture}", architecture, revision=label)


def test_a_version_is_made_of_both_parts_and_never_written_over(registry: Registry) -> None:
    push_parts(registry, "first")
    where = {"IMAGE_REGISTRY": f"{registry.address}/us"}
    code, output = run("publish.sh", "1.2.3", **where)
    assert code == 0, output
    assert len(OURS) == 8
    for image in OURS:
        assert registry.architectures(f"us/stream-scout/{image}", "1.2.3") == ["amd64", "arm64"]
    assert run("publish.sh", "1.2.3", **where)[0] == 0, "again changes nothing"
    push_parts(registry, "second")
    code, output = run("publish.sh", "1.2.3", **where)
    assert code == 1
    assert "versions are not written over" in output


def test_a_missing_part_ends_it(registry: Registry) -> None:
    registry.push(f"us/stream-scout/{OURS[0]}", "1.2.3-amd64", "amd64")
    assert run("publish.sh", "1.2.3", IMAGE_REGISTRY=f"{registry.address}/us")[0] != 0


def test_the_plan_of_a_build_names_every_image_with_its_labels() -> None:
    done = subprocess.run(
        [IMAGES / "build.sh", "1.2.3"],
        capture_output=True,
        text=True,
        env={**os.environ, "BUILD_PLAN": "1", "PYTHON_IMAGE": f"python:3.11@sha256:{'1' * 64}", "IMAGE_CACHE": "r/us"},
        timeout=60,
        check=True,
    )
    targets = json.loads(done.stdout)["target"]
    assert sorted(targets) == OURS
    for image, target in targets.items():
        assert target["tags"] == [f"stream-scout/{image}:1.2.3"]
        assert target["args"]["VERSION"] == "1.2.3"
        assert len(target["args"]["COMMIT"]) == 40
        assert target["labels"]["org.opencontainers.image.base.digest"] == f"sha256:{'1' * 64}"
        assert target["cache-from"] == [{"type": "registry", "ref": f"r/us/stream-scout/{image}:cache-amd64"}]
