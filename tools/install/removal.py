"""What an installation left on the machine, as steps that take it away again."""

from collections.abc import Callable
from pathlib import Path

from install.machine.host import Host
from install.machine.kernel import SWAP_FILE, SYSCTL_FILE
from install.roles import ROLES
from install.steps import State
from install.values.place import Place

UNITS = "/etc/systemd/system"
FIREWALL = "stream-scout-firewall.service"  # of machine.sh, whose `open` takes it away
RESTIC = ("config", "data", "index", "keys", "locks", "snapshots")  # what a repository of restic's has


class Timers:
    """The timers that backup.sh, machine.sh and machine_health.sh have set up; what closes the machine is left."""

    title = "Timers"

    def __init__(self, host: Host) -> None:
        self._host = host

    def _files(self) -> list[Path]:
        return sorted(file for file in Path(UNITS).glob("stream-scout-*") if file.name != FIREWALL)

    def state(self) -> State:
        """Look for them."""
        files = self._files()
        return State(not files, f"{len(files)} files in {UNITS}" if files else "none")

    def do(self) -> None:
        """Stop them, then remove their files."""
        files = self._files()
        timers = [file.name for file in files if file.suffix == ".timer"]
        if timers:
            self._host.run(*self._host.as_root("systemctl", "disable", "--now", *timers))
        self._host.run(*self._host.as_root("rm", "-f", *map(str, files)))
        self._host.run(*self._host.as_root("systemctl", "daemon-reload"))


class Containers:
    """The containers and networks of both compose files; with them the volumes, if the data is to go."""

    title = "Containers"

    def __init__(self, host: Host, place: Place, with_data: bool) -> None:
        self._host, self._place, self._with_data = host, place, with_data

    def _found(self, role: str) -> tuple[int, int]:
        project = self._place.setting("COMPOSE_PROJECT_NAME", role)
        mine = ("--filter", f"label=com.docker.compose.project={project}")
        answers = [("ps", "--all", "--quiet", *mine), ("volume", "ls", "--quiet", *mine)]
        containers, volumes = (len(self._host.attempt(*self._host.docker(*words)).stdout.split()) for words in answers)
        return containers, volumes

    def state(self) -> State:
        """Count them."""
        found = [self._found(role) for role in ROLES]
        containers, volumes = (sum(each) for each in zip(*found, strict=True))
        is_done = not containers and not (volumes and self._with_data)
        return State(
            is_done, f"{containers} containers, {volumes} volumes" + ("" if self._with_data else " (which stay)")
        )

    def do(self) -> None:
        """Stop and remove them."""
        volumes = ["--volumes"] if self._with_data else []
        for role in ROLES.values():
            words = ("compose", "-f", role.file, "--profile", "*", "down", "--remove-orphans", *volumes)
            if any(self._found(role.name)):
                self._host.run(*self._host.docker(*words))


class OurImages:
    """What was built or fetched here; those of others may serve others."""

    title = "Images"

    def __init__(self, host: Host) -> None:
        self._host = host

    def _found(self) -> list[str]:
        words = ("images", "--format", "{{.Repository}}:{{.Tag}}", "stream-scout/*")
        return self._host.attempt(*self._host.docker(*words)).stdout.split()

    def state(self) -> State:
        """Count them."""
        return State(not self._found(), f"{len(self._found())} of ours")

    def do(self) -> None:
        """Remove them."""
        self._host.run(*self._host.docker("rmi", "--force", *self._found()))


class SystemFiles:
    """The kernel's setting, and the swap file."""

    title = "System"

    def __init__(self, host: Host) -> None:
        self._host = host

    def state(self) -> State:
        """Look for them."""
        found = [file for file in (SYSCTL_FILE, SWAP_FILE) if Path(file).exists()]
        if SWAP_FILE in self._host.read("/etc/fstab"):
            found.append("/etc/fstab")
        return State(not found, ", ".join(found) or "as it was")

    def do(self) -> None:
        """Remove them; what the kernel has now it keeps until the next start."""
        if SWAP_FILE in self._host.read("/proc/swaps"):
            self._host.run(*self._host.as_root("swapoff", SWAP_FILE))
        if SWAP_FILE in (table := self._host.read("/etc/fstab")):
            kept = [line for line in table.splitlines(keepends=True) if not line.startswith(f"{SWAP_FILE} ")]
            self._host.write_as_root("/etc/fstab", "".join(kept))
        self._host.run(*self._host.as_root("rm", "-f", SYSCTL_FILE, SWAP_FILE))


class Files:
    """Files and folders that go whole."""

    def __init__(self, host: Host, title: str, found: Callable[[], list[Path]]) -> None:
        self.title = title
        self._host, self._found = host, found

    def state(self) -> State:
        """Count them."""
        return State(not self._found(), f"{len(self._found())} files and folders")

    def do(self) -> None:
        """Remove them; some are the services' own."""
        self._host.run(*self._host.as_root("rm", "-rf", "--", *map(str, self._found())))


def data(place: Place, with_keys: bool) -> list[Path]:
    """Return .env, the secrets and what the scripts remember; `with_keys`: also those that backups are read by."""
    folder = place.secrets
    secrets = [each for each in sorted(folder.glob("*")) if each.name != "README.md"]
    if not with_keys:
        secrets = [each for each in secrets if not each.name.startswith("backup_")]
    kept = [place.env.with_name(name) for name in (".deploy", ".backup")]
    remembered = [each for each in place.kept.glob("*") if each.name != "lock"]
    return [*secrets, *(each for each in (place.env, *kept) if each.exists()), *remembered]


def backups(folder: str) -> list[Path]:
    """Return what of a folder is a repository of restic's; nothing where it is none."""
    if not folder or not (Path(folder) / "keys").is_dir():
        return []
    return [each for name in RESTIC if (each := Path(folder) / name).exists()]
