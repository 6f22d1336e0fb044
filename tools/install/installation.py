"""Both machines' installations: which steps, in which order, and what is said around them."""

import os

from install import network
from install.answers import Answers
from install.console import Console
from install.files import Secrets, Settings
from install.handover import SECRETS, Handover
from install.host import Host, InstallError
from install.invitation import Endpoint, Invitation
from install.joining import Join
from install.kernel import ClockIsSet, EarlyPorts, MemoryLimits, Swap
from install.packages import DockerAndCompose, DockerIsOurs
from install.place import Place
from install.roles import HALF_AN_HOUR, PROCESSING, RELIABLE, Role
from install.settings import shared
from install.stack import Images, Preflight, Services, Stack
from install.steps import Step, run
from install.system import System, docker_source, this_system

SIGN_IN = ("run", "--rm", "--no-deps", "clip-creator", "python", "seed_twitch_tokens.py", "--device")
STANDBY = "stream-monitoring-standby"


class Installation:
    """One run on one machine. `changed`: what it has changed so far."""

    def __init__(self, host: Host, console: Console, changed: list[str]) -> None:
        self._host, self._console, self._changed = host, console, changed
        self._place = Place(host)
        self._key = network.key(os.environ)
        self._line = os.environ.pop("JOIN_LINE", "").strip()
        self._answers = Answers(self._place, os.environ)

    def install(self, role: Role) -> int:
        """Do all steps; return the exit code."""
        system = this_system(self._host)
        docker_source(system)
        self._greet(role, system)
        self._run([MemoryLimits(self._host, system)])
        if role is RELIABLE:
            self._ask()
            self._answers.checked()
            self._run([Secrets(self._host, self._place, self._answers)])
        tailscale = network.Tailscale(self._host, role, self._key)
        self._run([tailscale])
        if role is PROCESSING:
            self._run([self._join(tailscale.address()), Secrets(self._host, self._place, self._answers)])
        stack = Stack(self._host, role, self._place, self._console)
        self._run([Settings(self._host, self._place, self._answers, tailscale.address()), *self._system_steps(system)])
        preflight = Preflight(stack)
        self._run([Images(stack), preflight])
        return self._start(role, stack, preflight)

    def _greet(self, role: Role, system: System) -> None:
        self._console.say(f"Stream Scout, machine {role.letter} ({role.name}), on {system}.")
        self._console.say(
            f"The first time it takes {role.minutes} minutes. Cut off, or killed? Run it again: it goes on where it was.\n"
        )

    def _run(self, steps: list[Step]) -> None:
        run(steps, self._console, self._changed)

    def _ask(self) -> None:
        if not self._host.is_interactive or not self._answers.open():
            return
        self._answers.ask(self._console)

    def _join(self, address: str) -> Join:
        join = Join(self._place, address, self._line)
        if self._host.is_interactive and not join.state().is_done and not self._line:
            line = self._console.ask("  The line that machine A has printed, join:...", is_secret=True)
            join = Join(self._place, address, line)
        return join

    def _system_steps(self, system: System) -> list[Step]:
        host = self._host
        return [DockerAndCompose(host, system), DockerIsOurs(host), EarlyPorts(host), ClockIsSet(host), Swap(host)]

    def _start(self, role: Role, stack: Stack, preflight: Preflight) -> int:
        self._run([Services(stack)])
        for line in preflight.warnings:
            self._console.say(line)
        if role is RELIABLE and not self._place.setting("MACHINE_B") and self._host.is_interactive:
            return self.invite()
        self._console.say("\nDone.")
        return 0

    def _handover(self) -> Handover:
        names = shared((self._host.checkout / ".env.example").read_text())
        settings = {name: value for name in names if (value := self._place.setting(name))}
        settings["MACHINE_A"] = self._place.setting("BIND_ADDR")
        return Handover(settings, {name: value for name in SECRETS if (value := self._place.secret(name))})

    def invite(self) -> int:
        """Let machine B join; return the exit code."""
        address = self._place.setting("BIND_ADDR")
        if not address:
            raise InstallError("This machine has no BIND_ADDR yet. First: infrastructure/install.sh reliable")
        invitation = Invitation(self._handover(), HALF_AN_HOUR)
        endpoint = Endpoint(address, invitation, lambda other: self._place.write({"MACHINE_B": other}))
        self._console.say(
            f"\nOn machine B, within 30 minutes:\n\n    infrastructure/install.sh processing\n\nand, where it asks, this line:\n\n    {endpoint.line}\n"
        )
        joined = endpoint.wait()
        if not joined:
            raise InstallError(
                "30 minutes are over, and no machine has joined. A new line: infrastructure/install.sh invite"
            )
        self._changed.append("Machine B")
        self._console.say(f"Machine B ({joined}) has joined.")
        stack = Stack(self._host, RELIABLE, self._place, self._console)
        self._run([Services(stack)])
        return 0
