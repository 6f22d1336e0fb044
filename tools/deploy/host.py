"""What a deploy asks of the machine that it runs on: containers, images, the proxy, and what surrounds them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


class DeployError(Exception):
    """A step did not succeed; the text says why, for the operator."""


@dataclass(frozen=True)
class Container:
    """A container of a service. `config`: Compose's hash of what it was made from; `addresses`: in each network."""

    id: str
    image: str
    config: str
    is_running: bool
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Slot:
    """A place for a website in the proxy. `is_open`: visitors may get it; `is_up`: the proxy found it ready."""

    name: str
    address: str  # empty: nobody is there
    is_open: bool
    is_up: bool


class Host(Protocol):
    """The machine. Everything raises `DeployError` where Docker refuses."""

    def services(self) -> frozenset[str]:
        """Return the services that run here, or would after `up`."""

    def containers(self, service: str) -> list[Container]:
        """Return the service's containers, stopped ones too, the oldest first."""

    def strangers(self) -> list[str]:
        """Return the names of containers that run and whose service the compose file here does not have."""

    def image(self, service: str, version: str) -> str:
        """Return the id of the service's image of a version; empty if it is not here."""

    def config(self, service: str, version: str) -> str:
        """Return Compose's hash of the service as it would be made now."""

    def name_image(self, service: str, image: str, version: str) -> None:
        """Have a version's name mean this image."""

    def run_once(self, service: str, version: str) -> None:
        """Run a service to its end."""

    def has_newer_schema(self, version: str) -> bool:
        """Return whether the database here has migrations that this version does not know."""

    def start_beside(self, service: str, version: str) -> None:
        """Start one more container of a service; leave the others as they are."""

    def replace(self, services: Sequence[str], version: str) -> None:
        """Put containers of a version in the place of those that run."""

    def remove(self, container: Container) -> None:
        """Stop a container, which has ten seconds for it, and remove it; its last lines are kept in a file."""

    def problem(self, service: str, container: Container) -> str:
        """Ask a container's own health check now; return what is wrong, empty if nothing is."""

    def told_version(self, container: Container) -> str:
        """Return the version that a ready website names; empty if it names none."""

    def slots(self) -> list[Slot]:
        """Return the places in the proxy."""

    def open_slot(self, name: str, is_open: bool) -> None:
        """Let visitors get a place, or let nobody new get it."""

    def back_up(self) -> bool:
        """Make a backup; return False if none is set up here."""

    def without_backups(self) -> AbstractContextManager[None]:
        """Let no backup run meanwhile: its memory is not there while two websites run."""

    def pause_alerts(self, version: str) -> None:
        """Hold alerts back for ten minutes at most."""

    def resume_alerts(self, version: str) -> None:
        """Let alerts through again."""

    def version(self) -> str:
        """Return the version that `up` would start."""

    def write_version(self, version: str) -> None:
        """Have `up` start this version from now on."""


class Clock(Protocol):
    """Time that passes."""

    def now(self) -> float:
        """Return seconds."""

    def sleep(self, seconds: float) -> None:
        """Wait."""
