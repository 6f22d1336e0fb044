"""Docker and Compose, from where each system has them."""

from collections.abc import Callable

from install.machine.host import DOCKER_GROUP, Host
from install.machine.system import DockerSource, System, docker_source
from install.steps import State

Watched = Callable[[list[str], str], None]
TOOLS = ("make", "curl", "ca-certificates")
UBUNTU = ("docker.io", "docker-compose-v2", "docker-buildx")
DOCKER = ("docker-ce", "docker-ce-cli", "containerd.io", "docker-buildx-plugin", "docker-compose-plugin")
PLUGINS = ("docker-buildx-plugin", "docker-compose-plugin")
REPOSITORY = "https://download.docker.com/linux/debian"
KEY_FILE = "/etc/apt/keyrings/docker.asc"
LIST_FILE = "/etc/apt/sources.list.d/docker.list"
LOCK_SECONDS = 600  # a new machine installs its updates by itself at first, and holds apt's lock


class DockerAndCompose:
    """Docker, Compose 2, and what the other commands here need."""

    title = "Docker and Compose"

    def __init__(self, host: Host, system: System, watched: Watched) -> None:
        """`watched`: runs a long command into a log of this name, and shows meanwhile that it goes on."""
        self._host, self._system, self._watched = host, system, watched

    def state(self) -> State:
        """Ask them for their versions, and dpkg whether a run that was killed has left anything half done."""
        missing = [*(name for name in ("make", "curl") if not self._host.has(name)), *self._missing_of_docker()]
        if missing:
            return State(False, f"{', '.join(missing)} from {docker_source(self._system).value}")
        return State(True, f"Compose {self._compose_version()}")

    def _missing_of_docker(self) -> list[str]:
        missing = []
        if self._host.attempt("systemctl", "cat", "docker").returncode:
            missing.append("Docker")
        elif not self._compose_version():
            missing.append("Docker's Compose 2")
        if any(name in self._host.attempt("dpkg", "--audit").stdout.split() for name in (*UBUNTU, *DOCKER)):
            missing.append("the rest of a broken installation")
        return missing

    def _compose_version(self) -> str:
        """Return the version of Compose; empty if there is none, or the one of before 2020."""
        said = self._host.attempt("docker", "compose", "version", "--short").stdout.strip().removeprefix("v")
        return "" if said.startswith("1.") else said

    def do(self) -> None:
        """Install what is missing."""
        source = docker_source(self._system)
        self._host.run(*self._host.as_root("dpkg", "--configure", "-a"))  # a run that was killed may have left work
        packages = list(TOOLS)
        if self._missing_of_docker():
            packages += self._packages(source)
        if source is DockerSource.DOCKER and len(packages) > len(TOOLS):
            self._apt("update")
            self._apt("install", *TOOLS)
            self._add_repository()
        self._apt("update")
        self._apt("install", *packages)

    def _packages(self, source: DockerSource) -> tuple[str, ...]:
        """Leave a Docker that is there as it is: two of them cannot be installed side by side."""
        if source is DockerSource.UBUNTU:
            return PLUGINS if self._is_installed("docker-ce") else UBUNTU
        return PLUGINS if self._is_installed("docker.io") else DOCKER

    def _is_installed(self, package: str) -> bool:
        return "Status: install ok installed" in self._host.attempt("dpkg", "--status", package).stdout

    def _apt(self, *words: str) -> None:
        quiet = ("env", "DEBIAN_FRONTEND=noninteractive", "NEEDRESTART_MODE=a")
        options = ("--quiet", "--yes", "--no-install-recommends", "-o", f"DPkg::Lock::Timeout={LOCK_SECONDS}")
        self._watched(self._host.as_root(*quiet, "apt-get", *options, *words), "packages.log")

    def _add_repository(self) -> None:
        key = self._host.run("curl", "-fsSL", "--retry", "3", f"{REPOSITORY}/gpg")
        self._host.write_as_root(KEY_FILE, key)
        line = (
            f"deb [arch={self._system.architecture} signed-by={KEY_FILE}] {REPOSITORY} {self._system.codename} stable\n"
        )
        self._host.write_as_root(LIST_FILE, line)


class DockerIsOurs:
    """Docker runs, also after a reboot, and the operator may ask it."""

    title = "Right to use Docker"

    def __init__(self, host: Host) -> None:
        self._host = host

    def state(self) -> State:
        """Look at the service and at the group."""
        for question in ("is-active", "is-enabled"):
            if self._host.attempt("systemctl", question, "--quiet", "docker").returncode:
                return State(False, f"Docker's service: {question} says no")
        if self._host.user == "root":
            return State(True, "Docker runs")
        groups = self._host.attempt("id", "--name", "--groups", self._host.user).stdout.split()
        if DOCKER_GROUP not in groups:
            return State(False, f"{self._host.user} is not in the group {DOCKER_GROUP}")
        return State(True, f"Docker runs, {self._host.user} may use it")

    def do(self) -> None:
        """Start it for good, and put the operator into its group; whoever is in it can become root."""
        self._host.run(*self._host.as_root("systemctl", "enable", "--now", "docker"))
        if self._host.user != "root":
            self._host.run(*self._host.as_root("usermod", "--append", "--groups", DOCKER_GROUP, self._host.user))
