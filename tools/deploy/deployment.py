"""The whole way forward, and the way back if something on it fails."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from deploy.host import Clock, Container, DeployError, Host
from deploy.machines import Machine
from deploy.outcome import Outcome, Result
from deploy.record import Record, RecordFile, begun
from deploy.rolling import Services
from deploy.website import Say, Website


class Deployment:
    """One machine's way to a version. It looks before each step, so a second run goes on where one was killed."""

    def __init__(self, machine: Machine, host: Host, records: RecordFile, clock: Clock, say: Say) -> None:
        self._machine, self._host, self._records, self._clock, self._say = machine, host, records, clock, say
        self._services = Services(host, clock, say)

    def run(self, version: str, *, with_backup: bool = True) -> Outcome:
        """Bring the machine to the version, or back to the one before."""
        began = self._clock.now()
        outcome = Outcome(Result.DEPLOYED, self._machine.letter, self._machine.file, version, self._host.version())
        try:
            record = self._begin(version)
        except DeployError as error:
            return replace(outcome, result=Result.REFUSED, failed=str(error))
        outcome = replace(outcome, version_before=record.version_before)
        self._softly("alerts: pause them", lambda: self._host.pause_alerts(version))
        with ExitStack() as held:
            try:
                self._back_up(with_backup)
                held.enter_context(self._host.without_backups())
                self._forward(version)
            except DeployError as error:
                self._say(f"failed: {error}")
                outcome = self._back(record, replace(outcome, result=Result.BACK, failed=str(error)))
        if outcome.result is Result.DEPLOYED:
            self._softly("what runs besides: look", lambda: self._name_strangers(version))
        if outcome.result is not Result.STUCK:
            self._records.write(replace(record, is_finished=True))
        self._softly("alerts: resume them", lambda: self._host.resume_alerts(version))
        return replace(outcome, seconds=self._clock.now() - began)

    def _softly(self, what: str, step: Callable[[], None]) -> None:
        """Take a step that a deploy does not need."""
        self._say(what)
        try:
            step()
        except DeployError as error:
            self._say(f"{what} did not work, which stops nothing: {error}")

    def _begin(self, version: str) -> Record:
        """Check that all is at hand, and remember what runs."""
        here = self._host.services()
        wanted = (*self._machine.once, *self._ours())
        missing = [name for name in wanted if not self._host.image(name, version)]
        if missing:
            raise DeployError(self._without_images(version, missing, is_any_here=len(missing) < len(wanted)))
        if self._machine.proxy and not any(each.is_running for each in self._host.containers(self._machine.proxy)):
            raise DeployError(
                f"The proxy does not run. Start what is here once: docker compose -f {self._machine.file} up -d --wait"
            )
        before = self._host.version()
        record = begun(self._records.read(), version, before, self._running(here))
        if version == record.version_before and self._is_other_image(version, record):
            raise DeployError(
                f"Version {version} is what runs, but its images were made anew since, and nothing would be left "
                "to go back to. Give them a version of their own."
            )
        self._say(f"from {record.version_before} to {version}")
        self._records.write(record)
        return record

    def _without_images(self, version: str, missing: list[str], *, is_any_here: bool) -> str:
        """Say what to do; a version that lacks some may be older than these services, and its files know its own."""
        which = "them" if len(missing) > 1 else "that service"
        files = f"git checkout ITS_TAG_OR_COMMIT && infrastructure/deploy.sh {self._machine.letter} {version}"
        older = f"If it is of before {which}, take its own files too: {files}. If not, load"
        return (
            f"There is no image of version {version} for {', '.join(missing)}. {older if is_any_here else 'Load'} it, "
            f"or build it: STREAM_SCOUT_VERSION={version} docker compose -f {self._machine.file} build"
        )

    def _name_strangers(self, version: str) -> None:
        """Name what a newer version has left running; it is not ended, as nobody knows here what it does."""
        for name in self._host.strangers():
            self._say(f"{name} still runs, and version {version} does not know it. To end it: docker rm --force {name}")

    def _is_other_image(self, version: str, record: Record) -> bool:
        return any(self._host.image(name, version) != image for name, image in record.images_before.items())

    def _ours(self) -> list[str]:
        here = self._host.services()
        return [name for name in self._machine.long_running if name in here]

    def _running(self, here: frozenset[str]) -> dict[str, str]:
        """Return the image of each service that runs."""
        found = {name: self._host.containers(name) for name in self._machine.long_running if name in here}
        return {name: each[0].image for name, each in found.items() if each}

    def _back_up(self, wanted: bool) -> None:
        """Make a backup; a killed deploy that has left two websites had made it, and its memory is not there now."""
        website = self._machine.website
        if not wanted or (website and len(self._host.containers(website)) > 1):
            return
        self._say("backup")
        if not self._host.back_up():
            self._say("backup: none is set up here, so none was made")

    def _forward(self, version: str) -> None:
        if self._host.has_newer_schema(version):  # its rights would take from the other machine what it needs
            self._say("the database is of a newer version and stays as it is")
        else:
            for name in self._machine.once:
                self._say(f"{name}: run it")
                self._host.run_once(name, version)
        if self._machine.website:
            self._website(self._machine.website).bring(version, self._is_new(version))
        self._host.write_version(version)
        for services in self._groups():
            self._services.bring(services, version)

    def _groups(self) -> list[list[str]]:
        here = self._host.services()
        groups = ([name for name in group if name in here] for group in self._machine.groups)
        return [group for group in groups if group]

    def _website(self, name: str) -> Website:
        return Website(self._host, name, self._clock, self._say)

    def _is_new(self, version: str) -> Callable[[Container], bool]:
        """Tell the website's containers that are made from what `up` would make them from now."""
        name = self._machine.website or ""
        image, config = self._host.image(name, version), self._host.config(name, version)
        return lambda container: (container.image, container.config) == (image, config)

    def _back(self, record: Record, outcome: Outcome) -> Outcome:
        """Have everything run from the images of before, without a build."""
        self._say(f"back to {record.version_before}")
        try:
            for name, image in record.images_before.items():
                self._host.name_image(name, image, record.version_before)
            self._host.write_version(record.version_before)
            if self._machine.website:
                self._website_back(self._machine.website, record)
            for group in reversed(self._groups()):
                self._group_back(group, record)
        except DeployError as error:
            return replace(outcome, result=Result.STUCK, stuck=str(error))
        return outcome

    def _website_back(self, name: str, record: Record) -> None:
        """Prefer a container from before that still runs; else one from the image of before."""
        image, is_new = record.images_before.get(name), self._is_new(record.version)
        if image is None:
            return
        kept = [each for each in self._host.containers(name) if each.is_running and not is_new(each)]
        is_wanted = (lambda each: not is_new(each)) if kept else (lambda each: each.image == image)
        self._website(name).bring(record.version_before, is_wanted)

    def _group_back(self, group: list[str], record: Record) -> None:
        known = [name for name in group if name in record.images_before]
        for name in set(group) - set(known):
            self._services.remove(name)
        if known:
            self._services.bring(known, record.version_before)
