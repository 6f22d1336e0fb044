"""Which service a folder of /var/lib/docker/containers belongs to."""

import json
import os
from typing import NamedTuple

SERVICE, PROJECT = "com.docker.compose.service", "com.docker.compose.project"
ID_IN_FULL = 64
ID_LENGTH = 12  # as `docker ps` prints it


class Container(NamedTuple):
    """A container as the logs name it."""

    id: str
    service: str
    project: str


def container_of(folder: str) -> Container:
    """Return the container by Docker's own file; by its id alone if that cannot be read.

    Of that file, which has the container's whole environment, only the name and two labels are kept.
    """
    identity = os.path.basename(folder)[:ID_LENGTH]
    try:
        with open(f"{folder}/config.v2.json", "rb") as file:
            written = json.load(file)
        labels = (written.get("Config") or {}).get("Labels") or {}
        name = str(written.get("Name", "")).lstrip("/") or identity
        return Container(identity, str(labels.get(SERVICE, name)), str(labels.get(PROJECT, "")))
    except (OSError, ValueError, AttributeError):
        return Container(identity, identity, "")
