"""How images are built: which, of what, and how they are named. No image is built here."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from .planting import REPOSITORY, commit_all, git

IMAGES = REPOSITORY / "infrastructure" / "images"
BAKE = (IMAGES / "bake.hcl").read_text()
COMPOSE = [REPOSITORY / f"docker-compose.{machine}.yml" for machine in ("reliable", "processing")]
DIGEST = f"@sha256:{'0123456789abcdef' * 4}"


def run(script: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script; without Docker on the PATH unless a folder with one is given."""
    return subprocess.run(
        [script, *arguments],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"]} | variables,
        timeout=30,
        check=False,
    )


def services() -> list[dict[str, object]]:
    return [service for file in COMPOSE for service in yaml.safe_load(file.read_text())["services"].values()]


def base_images(file: Path = IMAGES / "base_images.env") -> dict[str, str]:
    return dict(re.findall(r"^([A-Z_]+_IMAGE)=(\S+)$", file.read_text(), re.MULTILINE))


def test_all_images_of_ours_are_built() -> None:
    built = {str(each["image"]).split("/")[1].split(":")[0] for each in services() if "build" in each}
    listed = re.search(r"image = \[(.*?)\]", BAKE, re.DOTALL)
    assert listed
    assert set(re.findall(r'"([a-z-]+)"', listed[1])) | set(re.findall(r'tag\("([a-z-]+)"\)', BAKE)) == built


def test_images_of_others_are_the_same_everywhere() -> None:
    """base_images.env, the compose files' defaults, the Dockerfiles' and bake.hcl's name one tag for each."""
    texts = [file.read_text() for file in [*COMPOSE, *IMAGES.glob("*.Dockerfile")]] + [BAKE]
    named: dict[str, set[str]] = {}
    for pattern in (
        r"\$\{(\w+_IMAGE):-([^}]+)\}",
        r"ARG (\w+_IMAGE)=(\S+)",
        r'variable "(\w+_IMAGE)" \{ default = "(.+?)"',
    ):
        for text in texts:
            for name, image in re.findall(pattern, text):
                named.setdefault(name, set()).add(image)
    assert named == {name: {image.partition("@")[0]} for name, image in base_images().items()}


def test_a_base_image_without_its_digest_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "base_images.env"
    file.write_text(f"PYTHON_IMAGE=python:3.11{DIGEST}\nREDIS_IMAGE=redis:7.4.6\n")
    done = run(IMAGES / "base_images.sh", "names", str(file))
    assert done.returncode == 1
    assert "REDIS_IMAGE=redis:7.4.6\n" in done.stderr
    assert "PYTHON_IMAGE" not in done.stderr
    assert "base_images.sh refresh" in done.stderr
    file.write_text(f"PYTHON_IMAGE=python:3.11{DIGEST}\n")
    assert run(IMAGES / "base_images.sh", "names", str(file)).returncode == 0


def test_nothing_is_pushed_without_digests(tmp_path: Path) -> None:
    """With a base image that has none, the release's build ends before Docker is asked for anything."""
    (tmp_path / "infrastructure").mkdir()
    copy = tmp_path / "infrastructure/images"
    copy.mkdir()
    for name in ("build.sh", "base_images.sh", "version.sh", "bake.hcl"):
        (copy / name).write_bytes((IMAGES / name).read_bytes())
        (copy / name).chmod(0o755)
    (copy / "base_images.env").write_text("PYTHON_IMAGE=python:3.11.15-slim-bookworm\n")
    commit_all(tmp_path)
    docker = tmp_path / "bin/docker"
    docker.parent.mkdir()
    docker.write_text(f"#!/bin/sh\ntouch {tmp_path}/asked\n")
    docker.chmod(0o755)
    path = f"{docker.parent}:{os.environ['PATH']}"
    done = run(copy / "build.sh", "1.2.3", "--push", PATH=path, IMAGE_REGISTRY="registry.example/us")
    assert done.returncode == 1
    assert "Without a digest" in done.stderr
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize("name", ["service.Dockerfile", "flink.Dockerfile", "backup.Dockerfile"])
def test_images_say_what_they_are(name: str) -> None:
    dockerfile = (IMAGES / name).read_text()
    for label in ("title", "description", "licenses", "version", "revision", "base.name"):
        assert f"org.opencontainers.image.{label}=" in dockerfile, label
    for label in ("created", "source", "base.digest"):
        assert f'"org.opencontainers.image.{label}"' in BAKE, label
    last = dockerfile[dockerfile.index("ARG VERSION") :]
    assert "COPY" not in last, "a new version must not build anything anew"
    assert "RUN" not in last
    assert "STREAM_SCOUT_VERSION=${VERSION}" in last
    assert "STREAM_SCOUT_COMMIT=${COMMIT}" in last


def test_a_version_is_a_tags_or_a_commits() -> None:
    script = IMAGES / "version.sh"
    commit = git(REPOSITORY, "rev-parse", "--short=12", "HEAD")
    assert run(script, GITHUB_REF="refs/tags/v1.2.3").stdout == "1.2.3\n"
    assert run(script, GITHUB_REF="refs/heads/main").stdout == f"main-{commit}\n"
    assert run(script).stdout == f"main-{commit}\n"


def test_who_asks_for_something_else_is_told() -> None:
    assert run(IMAGES / "base_images.sh").returncode == 2
    assert run(IMAGES / "build.sh", "--pull").stderr == "There is no option --pull.\n"
    assert "pull.sh A|B VERSION" in run(IMAGES / "pull.sh", "C", "1.2.3").stderr
