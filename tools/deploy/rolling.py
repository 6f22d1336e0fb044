"""Service by service: each is replaced, and has to be well before the next one's turn."""

from collections.abc import Mapping, Sequence

from deploy.host import Clock, DeployError, Host
from deploy.website import LOOK_SECONDS, Say

WELL_SECONDS = 60.0
PATIENCE_SECONDS = {"flink-jobmanager": 120.0}  # until the job runs from its checkpoint; 30 s on a free machine


class Services:
    """What is replaced in its place."""

    def __init__(self, host: Host, clock: Clock, say: Say) -> None:
        self._host, self._clock, self._say = host, clock, say

    def bring(self, services: Sequence[str], version: str) -> None:
        """Have these services run a version, and be well. Raises DeployError."""
        images = {name: self._host.image(name, version) for name in services}
        if all(self._is_current(name, version) for name in services):
            return
        self._say(f"{' and '.join(services)}: replace")
        self._host.replace(services, version)
        self._wait_until_well(images)

    def _is_current(self, name: str, version: str) -> bool:
        """Return whether one container runs, made from what it would be made from now, and well."""
        found = self._host.containers(name)
        return (
            len(found) == 1
            and found[0].is_running
            and found[0].image == self._host.image(name, version)
            and found[0].config == self._host.config(name, version)
            and not self._host.problem(name, found[0])
        )

    def _wait_until_well(self, images: Mapping[str, str]) -> None:
        began = self._clock.now()
        for name, image in images.items():
            limit = PATIENCE_SECONDS.get(name, WELL_SECONDS)
            while problem := self._problem(name, image):
                if self._clock.now() > began + limit:
                    raise DeployError(f"{name} was not well within {limit:.0f} s: {problem}")
                self._clock.sleep(LOOK_SECONDS)

    def _problem(self, name: str, image: str) -> str:
        found = self._host.containers(name)
        if not found:
            return "it has no container"
        if found[0].image != image:
            return "it has another image"
        if not found[0].is_running:
            return "it has ended"
        return self._host.problem(name, found[0])

    def remove(self, name: str) -> None:
        """Take away a service that the version before did not have."""
        for container in self._host.containers(name):
            self._say(f"{name}: take away")
            self._host.remove(container)
