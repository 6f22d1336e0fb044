"""A machine in memory: containers, images, and a proxy with two places, which can be killed between any two steps."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from deploy.deployment import Deployment
from deploy.host import Container, DeployError, Slot
from deploy.machines import A, Machine
from deploy.outcome import Outcome
from deploy.record import RecordFile

OLD, NEW = "old", "new"
WEBSITE = "api-frontend"


class Killed(BaseException):
    """kill -9."""


@dataclass
class Running:
    """A container of the world, at an address of its own."""

    service: str
    version: str
    address: str
    is_running: bool = True


@dataclass
class World:
    """Implements `Host` and `Clock`. `broken`: services that are never well in the new version, or one-shots that fail.

    `kill_after`: how many changes are made until the deploy is killed. `unserved`: how often no visitor could have
    been answered after a change.
    """

    machine: Machine = A
    broken: frozenset[str] = frozenset()
    kill_after: int | None = None
    time: float = 0.0
    env_version: str = OLD
    is_paused: bool = False
    has_backup: bool = True
    unserved: list[str] = field(default_factory=list)
    ran: list[tuple[str, str]] = field(default_factory=list)
    slots_: dict[str, Slot] = field(default_factory=dict)
    running: list[Running] = field(default_factory=list)
    made: int = 0
    backups_wait: bool = False
    breaks_with_visitors: bool = False
    beside_a_backup: list[str] = field(default_factory=list)
    younger: frozenset[str] = frozenset()  # services that the old version did not have yet
    strangers_: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.slots_ = {name: Slot(name, "", True, False) for name in ("blue", "green")}
        for service in (*self.machine.long_running, *([self.machine.proxy] if self.machine.proxy else [])):
            self._start(service, OLD)
        self.unserved.clear()

    def deploy(self, records: Path, version: str = NEW) -> Outcome:
        """Run a deploy in this world."""
        return Deployment(self.machine, self, RecordFile(records), self, self.said.append).run(version)

    def versions(self) -> dict[str, list[str]]:
        """The versions that run, by service of ours."""
        return {
            name: [each.version for each in self.running if each.service == name and each.is_running]
            for name in self.machine.long_running
        }

    def _changed(self, what: str) -> None:
        """Look at what visitors get, and let the kill come."""
        if self.machine.website and not any(slot.is_open and slot.is_up for slot in self.slots()):
            self.unserved.append(what)
        if len(self.versions().get(WEBSITE, ())) > 1 and (what == "backup" or not self.backups_wait):
            self.beside_a_backup += [what] if what in ("backup", "start_beside") else []
        if self.kill_after is not None:
            self.kill_after -= 1
            if self.kill_after < 0:
                self.kill_after = None
                raise Killed

    def _is_well(self, each: Running) -> bool:
        if each.version == NEW and self.breaks_with_visitors:
            open_to = {slot.address for slot in self.slots_.values() if slot.is_open}
            return each.is_running and each.address not in open_to
        return each.is_running and not (each.version == NEW and each.service in self.broken)

    def _start(self, service: str, version: str) -> None:
        self.made += 1
        self.running.append(Running(service, version, f"10.0.0.{self.made}"))
        free = next((name for name, slot in self.slots_.items() if not slot.address), None)
        if service == self.machine.website and free:
            self.slots_[free] = replace(self.slots_[free], address=self.running[-1].address)

    def _remove(self, each: Running) -> None:
        self.running.remove(each)
        for name, slot in self.slots_.items():
            if slot.address == each.address:
                self.slots_[name] = replace(slot, address="")

    # Host

    def services(self) -> frozenset[str]:
        return frozenset(self.machine.long_running)

    def containers(self, service: str) -> list[Container]:
        return [
            Container(each.address, f"{service}:{each.version}", each.version, each.is_running, (each.address,))
            for each in self.running
            if each.service == service
        ]

    def strangers(self) -> list[str]:
        return self.strangers_

    def image(self, service: str, version: str) -> str:
        is_here = version == NEW or (version == OLD and service not in self.younger)
        return f"{service}:{version}" if is_here else ""

    def config(self, service: str, version: str) -> str:
        return version

    def name_image(self, service: str, image: str, version: str) -> None:
        assert image == f"{service}:{version}"

    def run_once(self, service: str, version: str) -> None:
        if service in self.broken:
            raise DeployError(f"{service} failed")
        self.ran.append((service, version))
        self._changed(service)

    def has_newer_schema(self, version: str) -> bool:
        return self.machine.letter == "A" and version == OLD and ("migrate", NEW) in self.ran

    def start_beside(self, service: str, version: str) -> None:
        self._start(service, version)
        self._changed("start_beside")

    def replace(self, services: Sequence[str], version: str) -> None:
        for service in services:
            for each in [each for each in self.running if each.service == service]:
                self._remove(each)
            self._start(service, version)
            self._changed(f"replace {service}")

    def remove(self, container: Container) -> None:
        for each in [each for each in self.running if each.address == container.id]:
            self._remove(each)
        self._changed("remove")

    def problem(self, service: str, container: Container) -> str:
        (each,) = (each for each in self.running if each.address == container.id)
        return "" if self._is_well(each) else "not well"

    def told_version(self, container: Container) -> str:
        return container.config

    def slots(self) -> list[Slot]:
        well = {each.address for each in self.running if self._is_well(each)}
        return [replace(slot, is_up=slot.address in well) for slot in self.slots_.values()]

    def open_slot(self, name: str, is_open: bool) -> None:
        self.slots_[name] = replace(self.slots_[name], is_open=is_open)
        self._changed(f"{name} {is_open}")

    def back_up(self) -> bool:
        if not self.has_backup:
            raise DeployError("the backup's target is full")
        self._changed("backup")
        return True

    @contextmanager
    def without_backups(self) -> Iterator[None]:
        self.backups_wait = True
        try:
            yield
        finally:
            self.backups_wait = False

    def pause_alerts(self, version: str) -> None:
        self.is_paused = True
        self._changed("pause")

    def resume_alerts(self, version: str) -> None:
        self.is_paused = False
        self._changed("resume")

    def version(self) -> str:
        return self.env_version

    def write_version(self, version: str) -> None:
        self.env_version = version
        self._changed("version")

    # Clock

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds
