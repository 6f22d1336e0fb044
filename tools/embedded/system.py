"""Runs the whole system on one machine: starts it in order, watches it, and leaves no process behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from embedded.addresses import Ports
from embedded.problems import SetupError
from embedded.processes import folder_lock
from embedded.processes.ports import require_free
from embedded.processes.processes import MARK, end, marked, tail
from embedded.processes.waiting import TooLateError, wait_for
from embedded.programs import Program, Stage, addresses, database, table
from embedded.servers.jars import ensure as ensure_jars
from embedded.servers.postgres import DATABASE, OWNER
from embedded.site_address import SiteAddress
from embedded.supervisor import ProgramState, Supervisord
from embedded.twitch import SIMULATED, Twitch

READY_SECONDS = 600.0  # Flink takes 20 s on two idle cores, and took 4 minutes at a load of 40
ONE_SHOT_SECONDS = 180.0
STOP_SECONDS = 30.0
LEFTOVER_GRACE_SECONDS = 3.0
MAX_STARTS = 6  # after that a program that never became ready is an error
POLL_SECONDS = 0.2
Report = Callable[[str], None]


class System:
    """Every server and service in one folder. As a context manager it runs inside the block.

    `site`: where the website listens. `simulator_options`: the simulator's settings without their prefix.
    `environment`: settings of single programs, such as {"clip_detector": {"DETECTOR_THRESHOLD": "3"}}.
    `more`: programs beside those of every system. `without`: programs to leave out.
    """

    def __init__(
        self,
        directory: Path,
        ports: Ports | None = None,
        *,
        site: SiteAddress = SiteAddress(),  # noqa: B008  # frozen
        simulator_options: Mapping[str, object] | None = None,
        twitch: Twitch = SIMULATED,
        environment: Mapping[str, Mapping[str, str]] | None = None,
        more: Sequence[Program] = (),
        without: tuple[str, ...] = (),
        report: Report = lambda line: None,
    ) -> None:
        self.directory = directory.resolve()
        self.ports = ports or Ports()
        changes = environment or {}
        programs = [*table(self.directory, self.ports, site, twitch, simulator_options or {}), *more]
        self._programs = {
            each.name: replace(each, environment={**each.environment, **changes.get(each.name, {})})
            for each in programs
            if each.name not in without
        }
        self._report = report
        self._started = 0.0
        self._supervisor = Supervisord(self.directory)
        self._lock: IO[str] | None = None
        self._lifeline: int | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None

    # Addresses and files.

    def url(self, name: str) -> str:
        """Return http://127.0.0.1:PORT of a field of `Ports`, such as "api" or "simulator_http"."""
        return self.ports.url(name)

    def address(self, setting: str) -> str:
        """Return a server's address: KAFKA_BOOTSTRAP_SERVERS."""
        return addresses(self.ports)[setting]

    def dsn(self, role: str = OWNER) -> str:
        """Return a role's address of Postgres, which leads to its password."""
        return database(self.directory, self.ports).dsn_of(DATABASE, role)

    def environment(self, name: str) -> Mapping[str, str]:
        """Return a program's own settings. Raises KeyError for an unknown program."""
        return self._programs[name].environment

    def log(self, name: str) -> Path:
        """Return a program's log file."""
        return self.directory / "logs" / f"{name}.log"

    @property
    def names(self) -> list[str]:
        """Return the long-running programs in start order."""
        return [each.name for each in self._long_running()]

    # Start and stop.

    def start(self) -> Self:
        """Start everything in order and return when all programs are ready. Raises SetupError."""
        self._started = time.monotonic()
        for folder in ("logs", "run"):
            (self.directory / folder).mkdir(parents=True, exist_ok=True)
        self._lock = folder_lock.acquire(self.directory / "run" / "lock")
        try:
            end(marked(self.directory), LEFTOVER_GRACE_SECONDS)  # leftovers of a power cut or kill -9
            require_free(self.needed_ports())
            self._prepare()
            self._start_supervisor()
            for stage in Stage:
                self._start_stage([each for each in self._programs.values() if each.stage == stage])
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop everything in reverse order, then end whatever is left. Idempotent."""
        if self._lock is None:  # not started by this object
            return
        with suppress(OSError, RuntimeError, TooLateError):
            for stage in reversed(Stage):
                self._stop_stage(stage)
        self._supervisor.stop(STOP_SECONDS)
        end(marked(self.directory), LEFTOVER_GRACE_SECONDS)
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None
        if self._watchdog is not None:
            self._watchdog.wait(STOP_SECONDS)
            self._watchdog = None
        self._lock.close()
        self._lock = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    # Single programs, for tests.

    def pid(self, name: str) -> int:
        """Return a program's process id; 0 if it is not running."""
        return self.state(name).pid

    def state(self, name: str) -> ProgramState:
        """Return a program's state. Raises KeyError for an unknown program."""
        return {each.name: each for each in self._supervisor.states()}[name]

    def kill(self, name: str) -> int:
        """Kill one program with SIGKILL; supervisord restarts it. Return the killed pid."""
        pid = self.pid(name)
        if not pid:
            raise RuntimeError(f"{name} is not running")
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_restarted(self, name: str, dead_pid: int, seconds: float = READY_SECONDS) -> None:
        """Wait until the successor of `dead_pid` is ready. Raises TooLateError."""
        wait_for(f"{name} is restarted", lambda: self.pid(name) not in (0, dead_pid), seconds, POLL_SECONDS)
        wait_for(f"{name} is ready again", self._programs[name].ready, seconds, POLL_SECONDS)

    def stop_program(self, name: str) -> None:
        """Stop one program and leave it stopped."""
        self._supervisor.stop_program(name)

    def start_program(self, name: str) -> None:
        """Start a stopped program and wait until it is ready."""
        self._supervisor.start_program(name)
        wait_for(f"{name} is ready", self._programs[name].ready, READY_SECONDS, POLL_SECONDS)

    def states(self) -> list[ProgramState]:
        """Return the state of every long-running program."""
        return self._supervisor.states()

    def needed_ports(self) -> dict[str, int]:
        """Map the setting of each port that this system takes to the port."""
        without = {"twitch_simulator": "SIMULATOR_", "discord_bot": "DISCORD_"}
        return self.ports.without(*(prefix for name, prefix in without.items() if name not in self._programs))

    # Implementation.

    def _long_running(self) -> list[Program]:
        return [
            each for stage in Stage for each in self._programs.values() if each.stage == stage and not each.one_shot
        ]

    def _prepare(self) -> None:
        ensure_jars()
        for program in self._programs.values():
            program.prepare()
        self._report_ready("folders and jars")

    def _report_ready(self, name: str) -> None:
        self._report(f"{name:18} ready after {time.monotonic() - self._started:5.1f} s")

    def _start_supervisor(self) -> None:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"
        environment.pop(MARK, None)
        pid = self._supervisor.start(self._long_running(), environment)
        assert self._lock is not None
        reading, self._lifeline = os.pipe()
        self._watchdog = subprocess.Popen(
            [sys.executable, "-m", "embedded.processes.watchdog", str(reading), str(self.directory), str(pid)],
            pass_fds=[reading, self._lock.fileno()],  # the lock is released once both have ended
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            cwd="/",
        )
        os.close(reading)
        wait_for("supervisord answers", self._supervisor.answers, READY_SECONDS)

    def _start_stage(self, programs: list[Program]) -> None:
        for program in programs:
            if program.one_shot:
                self._run_one_shot(program)
                self._report_ready(program.name)
            else:
                self._supervisor.start_program(program.name)
        self._wait_ready([program for program in programs if not program.one_shot])

    def _run_one_shot(self, program: Program) -> None:
        environment = {**os.environ, **program.environment, MARK: str(self.directory)}
        with self.log(program.name).open("ab") as log:
            done = subprocess.run(
                program.command, env=environment, stdout=log, stderr=log, timeout=ONE_SHOT_SECONDS, check=False
            )
        if done.returncode:
            raise self._failure(program)

    def _wait_ready(self, programs: list[Program]) -> None:
        """Report each program when it is ready. Raises SetupError for one that keeps exiting."""
        pids: dict[str, set[int]] = {program.name: set() for program in programs}
        waiting = list(programs)

        def all_ready() -> bool:
            states = {state.name: state for state in self._supervisor.states()}
            for program in tuple(waiting):
                pids[program.name].add(states[program.name].pid)
                if len(pids[program.name] - {0}) >= MAX_STARTS:
                    raise self._failure(program)
                if states[program.name].pid and program.ready():
                    waiting.remove(program)
                    self._report_ready(program.name)
            return not waiting

        try:
            wait_for("every program is ready", all_ready, READY_SECONDS, POLL_SECONDS)
        except TooLateError as error:
            raise self._failure(waiting[0]) from error

    def _failure(self, program: Program) -> SetupError:
        log = self.log(program.name)
        return SetupError(f"{program.name} did not become ready. The end of {log}:\n{tail(log)}")

    def _stop_stage(self, stage: Stage) -> None:
        names = {each.name for each in self._long_running() if each.stage == stage}
        for name in names:
            self._supervisor.stop_program(name, wait=False)
        wait_for(
            f"stage {stage.name} stopped",
            lambda: not any(each.pid for each in self._supervisor.states() if each.name in names),
            STOP_SECONDS,
            POLL_SECONDS,
        )
