"""Both machines' installations: which steps, in which order, and what is said around them."""

import os

from install import words
from install.console import Console
from install.errors import InstallError
from install.join.handover import SECRETS, Handover
from install.join.invitation import Endpoint, Invitation
from install.join.joining import Join
from install.machine import network
from install.machine.host import Host
from install.machine.kernel import ClockIsSet, EarlyPorts, MemoryLimits, Swap
from install.machine.packages import DockerAndCompose, DockerIsOurs
from install.machine.system import docker_source, this_system
from install.roles import HALF_AN_HOUR, RELIABLE, Role
from install.sign_in import SignIn
from install.stack import Images, Preflight, Services, Stack
from install.steps import Step, run
from install.values.answers import Answers
from install.values.files import Secrets, Settings
from install.values.place import Place
from install.values.settings import shared


class Installation:
    """One run on one machine. `changed`: what it has changed so far."""

    def __init__(self, host: Host, role: Role, console: Console, changed: list[str], joins_again: bool) -> None:
        self._host, self._role, self._console, self._changed = host, role, console, changed
        self._joins_again = joins_again
        self._place = Place(host)
        self._place.lock()
        self._tailscale = network.Tailscale(host, role, network.key(os.environ))
        self._line = os.environ.pop("JOIN_LINE", "").strip()
        self._answers = Answers(self._place, os.environ)
        self._stack = Stack(host, role, self._place, console)
        self._preflight = Preflight(self._stack)
        self._sign_in = SignIn(self._stack)

    def install(self) -> int:
        """Do all steps; return the exit code."""
        system = this_system(self._host)
        docker_source(system)
        self._console.say(words.greeting(self._role, system))
        if self._role is RELIABLE:
            self._ask()
        run(self._steps(), self._console, self._changed)
        self._console.say("\n".join(["", *self._preflight.warnings, ""]) if self._preflight.warnings else "")
        if self._role is RELIABLE and not self._place.setting("MACHINE_B") and self._host.is_interactive:
            self._console.say(words.end_on_a(self._place.setting))
            return self.invite()
        self._console.say(self._end())
        return 0

    def _ask(self) -> None:
        if self._host.is_interactive and (questions := self._answers.open()):
            self._console.say(words.before_questions(len(questions)))
            self._answers.ask(self._console)
            self._console.say()
        self._answers.checked()

    def _steps(self) -> list[Step]:
        """Return the steps: first what may need the operator, then what takes long."""
        host, system = self._host, this_system(self._host)
        secrets = Secrets(host, self._place, self._answers)
        settings = Settings(host, self._place, self._answers, self._tailscale.address)
        checks: list[Step] = [MemoryLimits(host, system)]
        mine: list[Step] = (
            [secrets, self._tailscale] if self._role is RELIABLE else [self._tailscale, self._join(), secrets]
        )
        machine: list[Step] = [
            DockerAndCompose(host, system, self._stack.watched),
            DockerIsOurs(host),
            EarlyPorts(host),
            ClockIsSet(host),
            Swap(host),
        ]
        return [*checks, *mine, settings, *machine, Images(self._stack), self._preflight, *self._start()]

    def _join(self) -> Join:
        ask = self._console.ask if self._host.is_interactive else None
        return Join(self._place, self._tailscale.address, self._line, ask, self._joins_again)

    def _start(self) -> list[Step]:
        """Sign in before clip-creator runs for the first time; where nobody sits, start everything else."""
        if self._role is RELIABLE:
            return [Services(self._stack)]
        if self._host.is_interactive:
            return [self._sign_in, Services(self._stack)]
        return [Services(self._stack, self._sign_in.waiting)]

    def _end(self) -> str:
        if self._role is RELIABLE:
            return words.end_on_a(self._place.setting) + words.next_on_a(self._place.setting)
        return words.end_on_b(self._sign_in.waiting())

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
        try:
            endpoint = Endpoint(address, invitation, lambda other: self._place.write({"MACHINE_B": other}))
        except OSError as error:
            raise InstallError(f"The place where B joins cannot be opened at {address}: {error.strerror}") from error
        self._console.say(words.invitation(endpoint.line))
        if not (joined := endpoint.wait()):
            raise InstallError(words.NOBODY_JOINED)
        self._changed.append("Machine B")
        self._console.say(f"\nMachine B ({joined}) has joined and goes on by itself. Here its address is made known:\n")
        run([Services(self._stack)], self._console, self._changed)
        self._console.say(words.AFTER_THE_JOIN)
        return 0
