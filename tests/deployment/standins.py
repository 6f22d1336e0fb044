"""The test kit's Docker daemon and its images, and Debian's packages in the place of those that it has not."""

import os
import subprocess
from pathlib import Path

from deployment.two_machines import REPOSITORY

PACKAGED = {
    "HAPROXY_IMAGE": ["haproxy"],
    **{
        f"{name.upper()}_EXPORTER_IMAGE": ["exporter", f"--build-arg=EXPORTER={name}"]
        for name in ("node", "blackbox", "postgres")
    },
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
    """Build a Debian package in the place of an official image, and return its name."""
    name = "-".join([file, *(option.rpartition("=")[2] for option in options)]) + ":standin"
    with (REPOSITORY / f"tests/deployment/images/{file}.Dockerfile").open() as dockerfile:
        command = ["docker", "build", "--quiet", "--tag", name, *options, "-"]
        subprocess.run(command, stdin=dockerfile, env=environment, capture_output=True, check=True)
    return name
