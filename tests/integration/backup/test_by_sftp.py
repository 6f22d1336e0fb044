"""A target by SFTP: a real sshd on loopback."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.backup.test_what_goes_wrong import refused
from integration.support.backup_world import World

from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"
pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="sshd logs in nobody but its own user: needs root"),
    pytest.mark.skipif(not Path(SSHD).exists(), reason="there is no sshd: apt-get install openssh-server"),
]


class Sshd:
    """An sshd that lets one key in, for SFTP alone."""

    def __init__(self, folder: Path, key: str) -> None:
        folder.mkdir()
        (self.port,) = free_ports(1)
        self.host_key = folder / "host_key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.host_key], check=True)
        (folder / "authorized_keys").write_text(key)
        lines = {
            "ListenAddress": "127.0.0.1",
            "Port": self.port,
            "HostKey": self.host_key,
            "AuthorizedKeysFile": folder / "authorized_keys",
            "StrictModes": "no",
            "UsePAM": "no",
            "PasswordAuthentication": "no",
            "PermitRootLogin": "prohibit-password",
            "Subsystem": "sftp internal-sftp",
            "PidFile": "none",
        }
        self.config = folder / "sshd_config"
        self.config.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        Path("/run/sshd").mkdir(exist_ok=True)
        self.process = subprocess.Popen([SSHD, "-D", "-e", "-f", self.config], stderr=subprocess.DEVNULL)
        wait_for("sshd answers", lambda: self.known_hosts() != "", 30, 0.1)

    def known_hosts(self) -> str:
        command = ["ssh-keyscan", "-p", str(self.port), "127.0.0.1"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None


@pytest.fixture
def sshd(world: World) -> Iterator[Sshd]:
    """The target is a folder behind this sshd."""
    key = world.secrets / "backup_ssh_key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    server = Sshd(world.folder / "sshd", key.with_suffix(".pub").read_text())
    server.start()
    (world.secrets / "backup_known_hosts").write_text(server.known_hosts())
    del world.variables["BACKUP_FOLDER"]
    world.variables["BACKUP_REPOSITORY"] = f"sftp://root@127.0.0.1:{server.port}/{world.folder}/elsewhere"
    yield server
    server.stop()


def test_backups_go_there_and_come_back(world: World, sshd: Sshd, channel: str) -> None:
    world.setup()
    moments = world.query("SELECT count(*) FROM moments")
    assert (world.folder / "elsewhere" / "config").exists()
    world.lose()
    assert "the site is back" in world.restored()
    assert world.query("SELECT count(*) FROM moments") == moments


def test_an_unknown_host_key_is_refused(world: World, sshd: Sshd) -> None:
    world.setup()
    another = world.folder / "another"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", another], check=True)
    words = another.with_suffix(".pub").read_text().split()
    (world.secrets / "backup_known_hosts").write_text(f"[127.0.0.1]:{sshd.port} {words[0]} {words[1]}\n")
    refused(world, "full", "does not answer, or refuses the login")


def test_a_target_that_is_switched_off(world: World, sshd: Sshd) -> None:
    world.setup()
    sshd.stop()
    world.query("INSERT INTO reports (moment_id, reason) VALUES ('m', 'words')")
    refused(world, "typed", "does not answer")
    sshd.start()
    world.good("typed")
    assert world.noted("typed") == (True, "")
