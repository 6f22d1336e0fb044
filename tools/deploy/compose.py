"""Runs Docker and Docker Compose for a deploy; the one module that does."""

import fcntl
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from deploy import env_file, proxy
from deploy.host import Container, DeployError, Slot
from deploy.machines import Machine

OUR_IMAGES = "stream-scout/"
GRACE_SECONDS = 10  # until a container that was told to stop is killed
QUICK_SECONDS = 20.0  # of a question to Docker; a busy small machine takes 2 s
SLOW_SECONDS = 120.0  # of what starts or stops containers
LONG_SECONDS = 900.0  # of a backup or a migration
PAUSE_SECONDS = 600  # the longest that alerts are held back
LAST_LINES = 200
BACKUP_TARGETS = ("BACKUP_FOLDER", "BACKUP_REPOSITORY")
BACKUP_LOCKS = ("full", "typed")  # infrastructure/backup.sh takes them in this order too
APPLIED = "SELECT migration_id FROM _yoyo_migration"
MIGRATIONS = "infrastructure/postgres/migrations"  # in the image
ONE_OFF = "label=com.docker.compose.oneoff=False"
ASK_VERSION = (
    "import json, urllib.request;"
    "print(json.load(urllib.request.urlopen('http://127.0.0.1:5000/ready', timeout=4)).get('version', ''))"
)


def reason(output: str) -> str:
    """Return the last line that says something: Docker and our programs tell the cause there."""
    lines = [line.strip() for line in output.splitlines() if line.strip() and not line.startswith("Run 'docker ")]
    return lines[-1][:300] if lines else "no reason was given"


class ComposeHost:
    """The machine whose compose file and .env are in this checkout."""

    def __init__(self, machine: Machine, checkout: Path, env: Path, kept: Path, lock: int) -> None:
        """`kept`: the folder of the deploy's own files; `lock`: a descriptor that each command holds while it runs.

        A command that outlives a killed deploy keeps the lock, so the next deploy waits for its end.
        """
        self._machine, self._checkout, self._env, self._kept, self._lock = machine, checkout, env, kept, lock

    def _run(self, *command: str, seconds: float = QUICK_SECONDS, version: str = "") -> str:
        """Run a command; return what it wrote. Raises DeployError with its last line."""
        environment = {**os.environ, **({env_file.VERSION: version} if version else {})}
        try:
            done = subprocess.run(
                command, cwd=self._checkout, env=environment, capture_output=True, text=True, timeout=seconds,
                stdin=subprocess.DEVNULL, pass_fds=(self._lock,), check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise DeployError(f"no end within {seconds:.0f} s: {' '.join(command)[:200]}") from error
        except OSError as error:
            raise DeployError(f"{command[0]}: {error.strerror}") from error
        if done.returncode:
            raise DeployError(reason(done.stderr or done.stdout))
        return done.stdout

    def _compose(self, *words: str, seconds: float = QUICK_SECONDS, version: str = "") -> str:
        env = ["--env-file", str(self._env)] if self._env.exists() else []
        return self._run(
            "docker", "compose", *env, "-f", self._machine.file, *words, seconds=seconds, version=version
        )  # fmt: skip

    @cached_property
    def _file(self) -> dict[str, Any]:
        """What the compose file says, all profiles included."""
        return dict(json.loads(self._compose("--profile", "*", "config", "--format", "json")))

    @property
    def project(self) -> str:
        """The name under which Compose keeps this installation apart from others."""
        return str(self._file["name"])

    @cached_property
    def _usual(self) -> frozenset[str]:
        """The services of the profiles that .env names."""
        return frozenset(self._compose("config", "--services").split())

    def services(self) -> frozenset[str]:
        """Return the services of the profiles in .env, and those that run without."""
        ours = {name: self.containers(name) for name in self._machine.long_running}
        return self._usual | {name for name, found in ours.items() if any(each.is_running for each in found)}

    def containers(self, service: str) -> list[Container]:
        """Return the service's containers, the oldest first."""
        labels = [f"label=com.docker.compose.project={self.project}", f"label=com.docker.compose.service={service}"]
        filters = [word for label in (*labels, ONE_OFF) for word in ("--filter", label)]
        ids = self._run("docker", "ps", "--all", "--quiet", "--no-trunc", *filters).split()
        if not ids:
            return []
        found = json.loads(self._run("docker", "inspect", "--type", "container", *ids))
        return [container(each) for each in sorted(found, key=lambda each: str(each["Created"]))]

    def strangers(self) -> list[str]:
        """Return the names of containers of this installation whose service is not in the compose file."""
        form = '{{.Names}} {{.Label "com.docker.compose.service"}}'
        label = f"label=com.docker.compose.project={self.project}"
        lines = self._run("docker", "ps", "--filter", label, "--filter", ONE_OFF, "--format", form).splitlines()
        found = [line.split() for line in lines if line.strip()]
        return sorted(name for name, service in found if service not in self._file["services"])

    def image(self, service: str, version: str) -> str:
        """Return the id of the service's image of a version; empty if it is not here."""
        found = self._run("docker", "images", "--quiet", "--no-trunc", self._image_name(service, version)).split()
        return found[0] if found else ""

    def _image_name(self, service: str, version: str) -> str:
        name = str(self._file["services"][service]["image"])
        if not name.startswith(OUR_IMAGES):
            return name
        return f"{name.rpartition(':')[0]}:{version}"

    def config(self, service: str, version: str) -> str:
        """Return Compose's hash of the service."""
        return self._compose("--profile", "*", "config", "--hash", service, version=version).split()[-1]

    def name_image(self, service: str, image: str, version: str) -> None:
        """Have a version's name mean this image."""
        self._run("docker", "tag", image, self._image_name(service, version))

    def run_once(self, service: str, version: str) -> None:
        """Run a service to its end."""
        self._compose("run", "--rm", "--no-deps", "-T", service, seconds=LONG_SECONDS, version=version)

    def has_newer_schema(self, version: str) -> bool:
        """Compare the database's migrations with the files in the version's image; on B there is no database."""
        if not self._machine.schema_of:
            return False
        ask = ("psql", "-U", "owner", "-d", "stream_scout", "-qtAc", APPLIED)
        try:
            applied = set(self._compose("exec", "-T", "postgres", *ask).split())
        except DeployError:  # a database that nobody has migrated yet
            return False
        image = self._image_name(self._machine.schema_of, version)
        known = self._run("docker", "run", "--rm", "--network", "none", "--entrypoint", "ls", image, MIGRATIONS)
        return not applied <= {name.removesuffix(".sql") for name in known.split()}

    def start_beside(self, service: str, version: str) -> None:
        """Start one more container of a service."""
        scale = f"{service}={len(self.containers(service)) + 1}"
        words = ("up", "--detach", "--no-build", "--no-deps", "--no-recreate", "--scale", scale, service)
        self._compose(*words, seconds=SLOW_SECONDS, version=version)

    def replace(self, services: Sequence[str], version: str) -> None:
        """Put containers of a version in the place of those that run."""
        words = ("up", "--detach", "--no-build", "--no-deps", *services)
        self._compose(*words, seconds=SLOW_SECONDS, version=version)

    def remove(self, container: Container) -> None:
        """Stop a container and remove it; its last lines go to `removed.log`."""
        command = ["docker", "logs", "--tail", str(LAST_LINES), container.id]
        logs = subprocess.run(command, capture_output=True, check=False)
        with (self._kept / "removed.log").open("ab") as kept:
            kept.write(f"== {container.id[:12]} of {container.image[:19]}\n".encode() + logs.stdout + logs.stderr)
        self._run("docker", "stop", "--time", str(GRACE_SECONDS), container.id, seconds=SLOW_SECONDS)
        self._run("docker", "rm", container.id)

    def problem(self, service: str, container: Container) -> str:
        """Ask the container's own health check now; Docker itself asks every 15 s only."""
        (state,) = json.loads(self._run("docker", "inspect", "--type", "container", container.id))
        if not state["State"]["Running"] or state["State"]["Restarting"]:
            return f"it has ended with {state['State']['ExitCode']}"
        kind, *command = state["Config"]["Healthcheck"]["Test"]
        words = command if kind == "CMD" else ["sh", "-c", *command]
        try:
            self._run("docker", "exec", container.id, *words)
        except DeployError as error:
            return str(error)
        return ""

    def told_version(self, container: Container) -> str:
        """Return the version that a ready website names."""
        return self._run("docker", "exec", container.id, "python", "-c", ASK_VERSION).strip()

    def _ask_proxy(self, words: str) -> str:
        return self._compose("exec", "-T", str(self._machine.proxy), "bash", "-c", proxy.ASK, "ask", words)

    def slots(self) -> list[Slot]:
        """Return the places in the proxy."""
        return proxy.slots(self._ask_proxy(proxy.SHOW))

    def open_slot(self, name: str, is_open: bool) -> None:
        """Let visitors get a place, or let nobody new get it."""
        if answer := self._ask_proxy(proxy.order(name, is_open)).strip():
            raise DeployError(f"the proxy: {reason(answer)}")

    def back_up(self) -> bool:
        """Make a backup, if .env names a place for it."""
        script, text = self._checkout / "infrastructure" / "backup.sh", env_file.read(self._env)
        if not script.exists() or not any(env_file.setting(text, name) for name in BACKUP_TARGETS):
            return False
        environment = f"COMPOSE_ENV_FILES={self._env}"
        self._run("env", environment, str(script), self._machine.role, "full", seconds=LONG_SECONDS)
        return True

    @contextmanager
    def without_backups(self) -> Iterator[None]:
        """Hold the locks under which infrastructure/backup.sh runs, once a backup under way has ended."""
        folder = Path(os.environ.get("BACKUP_STATE") or self._checkout / ".backup")
        folder.mkdir(mode=0o700, exist_ok=True)
        with ExitStack() as held:
            for name in BACKUP_LOCKS:
                fcntl.flock(held.enter_context((folder / f"{name}.lock").open("w")), fcntl.LOCK_EX)
            yield

    def _pause(self, *words: str, version: str) -> None:
        command = ("run", "--rm", "--no-deps", "-T", self._machine.runs_commands, "python", "-m", "recorder.pause")
        self._compose(*command, *words, seconds=SLOW_SECONDS, version=version)

    def pause_alerts(self, version: str) -> None:
        """Hold alerts back for ten minutes at most."""
        self._pause("begin", self._machine.letter, str(PAUSE_SECONDS), f"deploy of {version}", version=version)

    def resume_alerts(self, version: str) -> None:
        """Let alerts through again."""
        self._pause("end", self._machine.letter, version=version)

    def version(self) -> str:
        """Return the version that `up` would start."""
        return env_file.setting(env_file.read(self._env), env_file.VERSION, "local")

    def write_version(self, version: str) -> None:
        """Have `up` start this version from now on."""
        text = env_file.read(self._env)
        if env_file.setting(text, env_file.VERSION) != version:
            env_file.replace(self._env, env_file.with_version(text, version))


def container(inspected: dict[str, Any]) -> Container:
    """Return the container in an answer of `docker inspect`."""
    networks = inspected["NetworkSettings"]["Networks"] or {}
    return Container(
        id=inspected["Id"],
        image=inspected["Image"],
        config=inspected["Config"]["Labels"].get("com.docker.compose.config-hash", ""),
        is_running=inspected["State"]["Running"] and not inspected["State"]["Restarting"],
        addresses=tuple(each["IPAddress"] for each in networks.values() if each["IPAddress"]),
    )
