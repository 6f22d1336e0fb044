"""Which system this is, and where it gets Docker from."""

import re
from dataclasses import dataclass
from enum import Enum

from install.errors import UsageError
from install.machine.host import Host

PI_FILE = "/etc/rpi-issue"  # of Raspberry Pi OS alone
ARCHITECTURES = ("amd64", "arm64")
SUPPORTED = "Ubuntu 22.04 or 24.04, Debian 12, or Raspberry Pi OS (64 bit)"


class DockerSource(Enum):
    """Debian 12 and Raspberry Pi OS have no package of Compose 2; Docker's own repository has."""

    UBUNTU = "Ubuntu's packages"
    DOCKER = "Docker's repository"


@dataclass(frozen=True)
class System:
    """What /etc/os-release and dpkg say."""

    name: str
    id: str
    version: str
    codename: str
    architecture: str
    is_raspberry_pi_os: bool

    def __str__(self) -> str:
        """Name it as its makers do."""
        return f"{self.name}{' (Raspberry Pi OS)' if self.is_raspberry_pi_os else ''}, {self.architecture}"


def parse(os_release: str, architecture: str, pi_file: str) -> System:
    """Read the system's own description."""
    said = dict(re.findall(r"^(\w+)=\"?([^\"\n]*)\"?$", os_release, re.MULTILINE))
    return System(
        name=said.get("PRETTY_NAME", "an unknown system"),
        id=said.get("ID", ""),
        version=said.get("VERSION_ID", ""),
        codename=said.get("VERSION_CODENAME", ""),
        architecture=architecture,
        is_raspberry_pi_os=bool(pi_file),
    )


def docker_source(system: System) -> DockerSource:
    """Return where Docker comes from. Raises UsageError where this is not known."""
    if system.architecture not in ARCHITECTURES:
        raise UsageError(
            f"This system is {system.architecture or 'of an unknown architecture'}; there are images for "
            f"{' and '.join(ARCHITECTURES)} only. Raspberry Pi OS: take the 64-bit one."
        )
    major = int(system.version.partition(".")[0]) if system.version[:1].isdigit() else 0
    if system.id == "ubuntu" and major >= 22:
        return DockerSource.UBUNTU
    if system.id == "debian" and major >= 12:
        return DockerSource.DOCKER
    raise UsageError(
        f"This is {system.name}. The installer knows {SUPPORTED}; DEPLOYMENT.md, The long way, is for others."
    )


def this_system(host: Host) -> System:
    """Describe the machine that this runs on."""
    architecture = host.attempt("dpkg", "--print-architecture").stdout.strip()
    return parse(host.read("/etc/os-release"), architecture, host.read(PI_FILE))
