"""Which system gets Docker from where, and what its kernel has to have."""

import subprocess
from pathlib import Path

import pytest

from install.errors import InstallError, UsageError
from install.machine.host import Host
from install.machine.kernel import SWAP_FILE, MemoryLimits, Swap
from install.machine.system import DockerSource, docker_source, parse

GROUPS = "#subsys_name\thierarchy\tnum_cgroups\tenabled\nmemory\t0\t95\t{}\n"


def system(identity: str, version: str, architecture: str = "amd64", pi: str = ""):
    return parse(
        f'PRETTY_NAME="A {identity}"\nID={identity}\nVERSION_ID="{version}"\nVERSION_CODENAME=x\n', architecture, pi
    )


@pytest.mark.parametrize(
    ("identity", "version", "source"),
    [
        ("ubuntu", "22.04", DockerSource.UBUNTU),
        ("ubuntu", "24.04", DockerSource.UBUNTU),
        ("debian", "12", DockerSource.DOCKER),
        ("debian", "13", DockerSource.DOCKER),
    ],
)
def test_each_system_has_its_source(identity: str, version: str, source: DockerSource) -> None:
    for architecture in ("amd64", "arm64"):
        assert docker_source(system(identity, version, architecture)) is source


@pytest.mark.parametrize(
    ("identity", "version", "architecture", "said"),
    [
        ("ubuntu", "20.04", "amd64", "The installer knows Ubuntu 22.04"),
        ("debian", "11", "amd64", "The long way"),
        ("fedora", "42", "amd64", "A fedora"),
        ("", "", "amd64", "The long way"),
        ("raspbian", "12", "armhf", "64-bit"),
        ("debian", "12", "riscv64", "riscv64"),
    ],
)
def test_others_are_refused_with_what_to_do(identity: str, version: str, architecture: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        docker_source(system(identity, version, architecture))


class Written(Host):
    """A host whose files are given, and whose commands are written down."""

    def __init__(self, **files: str) -> None:
        super().__init__(Path("/"), is_interactive=False)
        self.files = {name.replace("__", "/"): text for name, text in files.items()}
        self.commands: list[str] = []

    def read(self, file: str) -> str:
        return self.files.get(file, "")

    def attempt(self, *command: str, **_: object) -> subprocess.CompletedProcess[str]:  # type: ignore[override]
        self.commands.append(" ".join(command))
        return subprocess.CompletedProcess(command, 0, "", "")


@pytest.mark.parametrize(
    ("controllers", "groups", "is_well"),
    [
        ("cpu io memory pids", GROUPS.format(1), True),
        ("cpuset cpu io pids", GROUPS.format(0), False),
        ("cpuset cpu io pids", GROUPS.format(1), False),
        ("", GROUPS.format(1), True),
        ("", GROUPS.format(0), False),
        ("", "", False),
    ],
)
def test_memory_limits_are_believed_where_the_kernel_counts(controllers: str, groups: str, is_well: bool) -> None:
    host = Written(**{"/sys/fs/cgroup/cgroup.controllers": controllers, "/proc/cgroups": groups})
    assert MemoryLimits(host, system("debian", "12")).state().is_done is is_well


@pytest.mark.parametrize(
    ("files", "pi", "said"),
    [
        (
            {"/boot/firmware/cmdline.txt": "console=tty1"},
            "Raspberry Pi reference",
            " /boot/firmware/cmdline.txt && sudo reboot",
        ),
        ({}, "Raspberry Pi reference", " /boot/cmdline.txt && sudo reboot"),
        ({}, "", "boot with cgroup_enable=memory"),
    ],
)
def test_it_says_how_the_kernel_is_told(files: dict[str, str], pi: str, said: str) -> None:
    with pytest.raises(InstallError, match=said.replace(".", r"\.")):
        MemoryLimits(Written(**files), system("debian", "12", "arm64", pi)).do()


def memory(total: int, swap: int) -> dict[str, str]:
    return {"/proc/meminfo": f"MemTotal: {total * 1024} kB\nMemFree: 1 kB\nSwapTotal: {swap * 1024} kB\n"}


@pytest.mark.parametrize(
    ("files", "is_well"),
    [
        (memory(970, 0), False),
        (memory(970, 1023), True),
        (memory(3900, 0), True),
        ({**memory(970, 1023), "/proc/swaps": f"{SWAP_FILE} file 1 0 -2\n"}, False),
        (
            {
                **memory(970, 1023),
                "/proc/swaps": f"{SWAP_FILE} file 1 0 -2\n",
                "/etc/fstab": f"{SWAP_FILE} none swap sw 0 0\n",
            },
            True,
        ),
    ],
)
def test_a_small_machine_has_swap_also_after_a_restart(files: dict[str, str], is_well: bool) -> None:
    assert Swap(Written(**files)).state().is_done is is_well


def test_swap_is_made_under_another_name_first() -> None:
    """A kill in the middle leaves no half file that is believed."""
    host = Written(**memory(970, 0), **{"/etc/fstab": "UUID=1 / ext4 defaults 0 1"})
    Swap(host).do()
    verbs = [command.removeprefix("sudo --non-interactive -- ").split()[0] for command in host.commands]
    assert verbs == ["dd", "chmod", "mkswap", "mv", "swapon", "install"]
    assert f"of={SWAP_FILE}.new" in host.commands[0]


@pytest.mark.parametrize(("uid", "has_sudo", "stops"), [(0, False, False), (1000, True, False), (1000, False, True)])
def test_a_plain_user_without_sudo_is_told_what_to_type(
    uid: int, has_sudo: bool, stops: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = Written()
    monkeypatch.setattr("install.machine.host.os.geteuid", lambda: uid)
    monkeypatch.setattr(host, "has", lambda name: has_sudo)
    if not stops:
        host.check_rights()
        return
    with pytest.raises(InstallError, match="apt-get install sudo && usermod --append --groups sudo"):
        host.check_rights()
