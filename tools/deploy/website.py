"""Blue and green: a website beside the one that runs, visitors to it once it is ready, and the old one away."""

from collections.abc import Callable

from deploy.host import Clock, Container, DeployError, Host, Slot

READY_SECONDS = 60.0  # a website takes 3 s to be ready on a free core, and 20 on a busy small machine
DRAIN_SECONDS = 10.0  # what is under way at the old one may end; the new one is watched meanwhile
UNWELL_SECONDS = 5.0  # once visitors are there; a busy machine may be too slow for one look
GONE_SECONDS = 15.0  # until the proxy has noticed that a website is away; it asks every second
LOOK_SECONDS = 0.5

Wanted = Callable[[Container], bool]
Say = Callable[[str], None]


class Website:
    """The website's containers and its places in the proxy. Each call looks first: after a kill it just goes on."""

    def __init__(self, host: Host, service: str, clock: Clock, say: Say) -> None:
        self._host, self._service, self._clock, self._say = host, service, clock, say

    def bring(self, version: str, is_wanted: Wanted) -> None:
        """Have visitors at a container that is wanted, and no other container left. Raises DeployError."""
        chosen = self._chosen(version, is_wanted)
        self._say("website: wait until it is ready")
        self._wait_until_ready(chosen, version)
        if self._switch(chosen):
            self._say(f"website: drain the one before for {DRAIN_SECONDS:.0f} s")
            self._watch(chosen, version)
        self._say("website: take the one before away")
        self._remove_others(chosen)

    def _containers(self) -> list[Container]:
        return self._host.containers(self._service)

    def _chosen(self, version: str, is_wanted: Wanted) -> Container:
        """Return a running container that is wanted; start one beside the others if there is none."""
        for container in self._containers():
            if not container.is_running:
                self._host.remove(container)
        wanted = [container for container in self._containers() if is_wanted(container)]
        if not wanted:
            self._say("website: start it beside the one that runs")
            self._close_free_slots()
            self._host.start_beside(self._service, version)
            wanted = [container for container in self._containers() if is_wanted(container)]
        if not wanted:
            raise DeployError(f"no container of {self._service} has the image of {version}")
        return wanted[-1]

    def _close_free_slots(self) -> None:
        """Let the next website stand in its place without visitors."""
        for slot in self._host.slots():
            if not slot.address:
                self._host.open_slot(slot.name, False)

    def _wait_until_ready(self, chosen: Container, version: str) -> None:
        deadline = self._clock.now() + READY_SECONDS
        while problem := self._problem(chosen, version):
            if self._clock.now() > deadline:
                raise DeployError(f"the website was not ready within {READY_SECONDS:.0f} s: {problem}")
            self._clock.sleep(LOOK_SECONDS)

    def _problem(self, chosen: Container, version: str) -> str:
        """Return what keeps visitors from this website; empty if nothing does."""
        if problem := self._host.problem(self._service, chosen):
            return problem
        try:
            told, slot = self._host.told_version(chosen), self._slot(chosen)
        except DeployError as error:  # a busy machine may be too slow once
            return str(error)
        if told and told != version:
            return f"it says that it is version {told}"
        return "" if slot and slot.is_up else "the proxy does not reach it"

    def _slot(self, container: Container) -> Slot | None:
        return next((slot for slot in self._host.slots() if slot.address in container.addresses), None)

    def _switch(self, chosen: Container) -> bool:
        """Send visitors to this website and to no other; return whether one of them had another before."""
        chosen_slot = self._slot(chosen)
        if chosen_slot is None:
            raise DeployError("the website was lost just before visitors would have got it")
        others = [slot for slot in self._host.slots() if slot.address and slot.name != chosen_slot.name]
        served = any(slot.is_open for slot in others)
        if served or not chosen_slot.is_open:
            self._say("website: switch visitors to it")
        self._host.open_slot(chosen_slot.name, True)
        for slot in others:
            self._host.open_slot(slot.name, False)
        return served

    def _watch(self, chosen: Container, version: str) -> None:
        """Wait for what is under way elsewhere; raise DeployError if the website does not stay ready."""
        deadline = self._clock.now() + DRAIN_SECONDS
        well_at, problem = self._clock.now(), ""
        while problem or self._clock.now() < deadline:
            self._clock.sleep(LOOK_SECONDS)
            problem = self._problem(chosen, version)
            if not problem:
                well_at = self._clock.now()
            elif self._clock.now() - well_at > UNWELL_SECONDS:
                raise DeployError(f"the website did not stay ready: {problem}")

    def _remove_others(self, chosen: Container) -> None:
        for container in self._containers():
            if container.id != chosen.id:
                self._host.remove(container)
        self._open_slots(chosen)

    def _open_slots(self, chosen: Container) -> None:
        """Open every place, once nobody but the chosen website is in one: a restart of it may get any."""
        deadline = self._clock.now() + GONE_SECONDS
        while any(slot.address and slot.address not in chosen.addresses for slot in self._host.slots()):
            if self._clock.now() > deadline:
                raise DeployError("the proxy still knows the website that is away")
            self._clock.sleep(LOOK_SECONDS)
        for slot in self._host.slots():
            self._host.open_slot(slot.name, True)
