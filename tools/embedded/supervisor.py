"""Configures, runs and controls supervisord."""

import json
import subprocess
import sys
import xmlrpc.client  # nosec B411  # only our own supervisord, on a private socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from embedded.paths import REPOSITORY
from embedded.problems import SetupError
from embedded.processes.processes import MARK, die_with_parent
from embedded.programs import Program

MAX_SOCKET_PATH = 100  # bytes; the kernel's limit is 107
LOG_BYTES = "5MB"
LOG_COPIES = 3
STOP_SECONDS = 25  # a service's own limit is 20 s
RUNNING_SECONDS = 1  # an exit within it counts as a failed start and is retried with a delay
RETRIES = 1_000_000  # practically without end
HEAD = """[supervisord]
nodaemon=true
silent=true
directory={folder}
logfile={logs}/supervisord.log
logfile_maxbytes={log_bytes}
logfile_backups={log_copies}
pidfile={run}/supervisord.pid
childlogdir={logs}

[unix_http_server]
file={socket}
chmod=0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://{socket}
"""
PROGRAM = """
[program:{name}]
command={python} -m embedded.processes.run {plan} {name}
autostart=false
autorestart=true
startsecs={running_seconds}
startretries={retries}
stopsignal={stop_signal}
stopwaitsecs={stop_seconds}
stopasgroup={stop_as_group}
killasgroup=true
redirect_stderr=true
stdout_logfile={logs}/{name}.log
stdout_logfile_maxbytes={log_bytes}
stdout_logfile_backups={log_copies}
"""


@dataclass(frozen=True)
class ProgramState:
    """A program's state as supervisord reports it. `pid` is 0 if it is not running."""

    name: str
    state: str
    pid: int
    description: str


def config(directory: Path, programs: Sequence[Program]) -> str:
    """Build supervisord.conf for the long-running programs."""
    common = {
        "folder": quoted(REPOSITORY),
        "logs": quoted(directory / "logs"),
        "run": quoted(directory / "run"),
        "plan": f'"{quoted(plan_file(directory))}"',
        "socket": quoted(socket_file(directory)),
        "python": f'"{quoted(Path(sys.executable))}"',
        "log_bytes": LOG_BYTES,
        "log_copies": LOG_COPIES,
        "running_seconds": RUNNING_SECONDS,
        "retries": RETRIES,
        "stop_seconds": STOP_SECONDS,
    }
    parts = [HEAD.format(**common)]
    for program in programs:
        own = {"stop_signal": program.stop_signal, "stop_as_group": str(program.stop_as_group).lower()}
        parts.append(PROGRAM.format(name=program.name, **common, **own))
    return "".join(parts)


def quoted(path: Path) -> str:
    """Return a path for supervisord's configuration. Raises SetupError if it contains %, which cannot be escaped."""
    if "%" in str(path):
        raise SetupError(f"{path}: the path must not contain %. Move the repository or choose another folder.")
    return str(path)


def plan(programs: Sequence[Program]) -> str:
    """Build the JSON with each program's command and environment, for `embedded.processes.run`."""
    return json.dumps(
        {each.name: {"command": each.command, "environment": dict(each.environment)} for each in programs}
    )


def plan_file(directory: Path) -> Path:
    """Return the path of the plan."""
    return directory / "run" / "programs.json"


def socket_file(directory: Path) -> Path:
    """Return the path of supervisord's socket: in the folder, or in the temporary folder if the path is too long."""
    path = directory / "run" / "supervisor.sock"
    if len(str(path).encode()) <= MAX_SOCKET_PATH:
        return path
    return Path(gettempdir()) / f"stream-scout-{sha256(str(directory).encode()).hexdigest()[:16]}.sock"


class Supervisord:
    """The supervisord of one system."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, programs: Sequence[Program], environment: dict[str, str]) -> int:
        """Write configuration and plan and start supervisord without any program; return its pid."""
        file = self.directory / "run" / "supervisord.conf"
        file.write_text(config(self.directory, programs))
        plan_file(self.directory).touch(mode=0o600)
        plan_file(self.directory).write_text(plan(programs))
        socket_file(self.directory).unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(file)],
            env=environment | {MARK: str(self.directory)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(self.directory / "logs" / "supervisord.err").open("ab"),
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        return self._process.pid

    def answers(self) -> bool:
        """Return whether supervisord answers requests. Raises RuntimeError if it has ended."""
        if self._process is None or self._process.poll() is not None:
            raise RuntimeError(f"supervisord ended; see {self.directory / 'logs' / 'supervisord.err'}")
        try:
            return bool(self._call("getSupervisorVersion"))
        except OSError:
            return False

    def start_program(self, name: str) -> None:
        """Start one program; supervisord restarts it whenever it exits."""
        self._call("startProcess", name, False)

    def stop_program(self, name: str, wait: bool = True) -> None:
        """Stop one program; does nothing if it is not running."""
        try:
            self._call("stopProcess", name, wait)
        except xmlrpc.client.Fault as fault:
            if "NOT_RUNNING" not in fault.faultString:
                raise

    def states(self) -> list[ProgramState]:
        """Return every program's state."""
        rows = self._call("getAllProcessInfo")
        return [ProgramState(row["name"], row["statename"], row["pid"], row["description"]) for row in rows]

    def stop(self, seconds: float) -> None:
        """Stop supervisord and the programs it still runs."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        with suppress(OSError):  # the disk may be gone
            socket_file(self.directory).unlink(missing_ok=True)

    def _call(self, method: str, *arguments: object) -> Any:
        transport = SupervisorTransport(None, None, serverurl=f"unix://{socket_file(self.directory)}")
        with xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport) as proxy:
            return getattr(proxy.supervisor, method)(*arguments)
