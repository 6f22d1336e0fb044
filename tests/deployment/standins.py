"""The test kit's Docker daemon and its images, and others in the place of those that it has not."""

import io
import os
import subprocess
import tarfile
from pathlib import Path

from deployment.two_machines import REPOSITORY

IMAGES = REPOSITORY / "tests/deployment/images"
STORE = REPOSITORY / "build/bin/victoria-logs"  # made by `make victoria-logs`
PACKAGED = {
    "HAPROXY_IMAGE": ["haproxy"],
    "CADDY_IMAGE": ["caddy"],
    **{
        f"{name.upper()}_EXPORTER_IMAGE": ["exporter", f"--build-arg=EXPORTER={name}"]
        for name in ("node", "blackbox", "postgres")
    },
    **({"VICTORIA_LOGS_IMAGE": ["victoria-logs"]} if STORE.exists() else {}),
}


def standins_environment(folder: Path) -> dict[str, str]:
    """Start the test kit's daemon, build missing images, and return the variables it prints."""
    done = subprocess.run([folder / "up.sh"], capture_output=True, text=True, timeout=1800, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    pairs = (line.removeprefix("export ").split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    found = {name: value.strip("'\"") for name, value in pairs}
    for variable, (file, *options) in PACKAGED.items():
        if not os.environ.get(variable):
            found[variable] = standin_image(file, options, {**os.environ, **found})
    return found


def standin_image(file: str, options: list[str], environment: dict[str, str]) -> str:
    """Build an image in the place of an official one, and return its name."""
    name = "-".join([file, *(option.rpartition("=")[2] for option in options)]) + ":standin"
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.add(IMAGES / f"{file}.Dockerfile", "Dockerfile")
        if file == STORE.name:
            archive.add(STORE, STORE.name)
    command = ["docker", "build", "--quiet", "--tag", name, *options, "-"]
    subprocess.run(command, input=context.getvalue(), env=environment, capture_output=True, check=True)
    return name
