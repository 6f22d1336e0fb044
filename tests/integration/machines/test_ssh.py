"""machine.sh ssh on a real sshd of its own: a key opens it, a password does not, and a mistake locks nobody out."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.paths import REPOSITORY
from embedded.processes.ports import free_ports

PASSWORD = "correct-horse-battery"  # of a user of this test
NAME = f"keyholder{os.getpid()}"
DROP_IN = "sshd_config.d/01-stream-scout.conf"
pytestmark = pytest.mark.skipif(
    os.geteuid() != 0
    or not Path("/usr/sbin/sshd").exists()
    or not all(map(shutil.which, ("ssh", "unshare", "useradd"))),
    reason="starts an sshd and makes a user: needs root, and apt-get install openssh-server",
)


class Server:
    """An sshd with an /etc/ssh and a /run of its own, in a mount namespace that lives as long as it does."""

    def __init__(self, folder: Path) -> None:
        self.folder, (self.port,) = folder, free_ports(1)
        self.etc, run = folder / "etc-ssh", folder / "run"
        (self.etc / "sshd_config.d").mkdir(parents=True)
        (run / "sshd").mkdir(parents=True)
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.etc / "ssh_host_ed25519_key"], check=True
        )
        self.write(
            "sshd_config",
            "Include /etc/ssh/sshd_config.d/*.conf\nPort {port}\nListenAddress 127.0.0.1\n"
            "UsePAM yes\nPidFile /run/sshd.pid\nPasswordAuthentication yes\nKbdInteractiveAuthentication yes\n",
        )
        self.write("sshd_config.d/50-cloud-init.conf", "PasswordAuthentication yes\n")
        script = f"mount --bind {self.etc} /etc/ssh && mount --bind {run} /run && exec /usr/sbin/sshd -D -e"
        with (folder / "sshd.log").open("w") as log:
            self.process = subprocess.Popen(["unshare", "-m", "sh", "-c", script], stderr=log, stdin=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while not (run / "sshd.pid").exists():
            assert time.monotonic() < until, (folder / "sshd.log").read_text()
            time.sleep(0.05)

    def write(self, name: str, text: str) -> None:
        (self.etc / name).write_text(text.replace("{port}", str(self.port)))

    def machine(self, *words: str, user: str = NAME) -> subprocess.CompletedProcess[str]:
        """Run machine.sh where this sshd is, as root for a user."""
        inside = ["nsenter", "-m", "-t", str(self.process.pid)]
        return subprocess.run(
            [*inside, REPOSITORY / "infrastructure/machine.sh", "reliable", *words],
            env={"PATH": os.environ["PATH"], "SUDO_USER": user, "COMPOSE_ENV_FILES": "/dev/null"},
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    def login(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Try to log in; nothing is asked."""
        usual = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=5"]
        return subprocess.run(
            ["ssh", "-F", "none", *usual, "-p", str(self.port), *options, f"{NAME}@127.0.0.1", "echo in"],
            capture_output=True, text=True, check=False, timeout=20, stdin=subprocess.DEVNULL,
            env=os.environ | {"SSH_ASKPASS": str(self.folder / "ask"), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"},
        )  # fmt: skip

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture(scope="module")
def user() -> Iterator[Path]:
    """A user with a password; returns the home."""
    folder = Path(tempfile.mkdtemp(prefix="home", dir="/tmp"))  # pytest closes its own folders to others
    folder.chmod(0o755)
    home = folder / "operator"
    subprocess.run(["useradd", "--create-home", "--home-dir", home, "--shell", "/bin/sh", NAME], check=True)
    subprocess.run(["chpasswd"], input=f"{NAME}:{PASSWORD}", text=True, check=True)
    yield home
    subprocess.run(["userdel", NAME], check=True)
    shutil.rmtree(folder)


@pytest.fixture
def server(user: Path, tmp_path: Path) -> Iterator[Server]:
    """An sshd as a cloud's image has it, which takes passwords; the user has a key."""
    made = Server(tmp_path)
    ask = tmp_path / "ask"
    ask.write_text(f"#!/bin/sh\necho {PASSWORD}\n")
    ask.chmod(0o755)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True)
    account = pwd.getpwnam(NAME)
    (user / ".ssh").mkdir(exist_ok=True)
    (user / ".ssh" / "authorized_keys").write_text((tmp_path / "key.pub").read_text())
    for path in (user / ".ssh", user / ".ssh" / "authorized_keys"):
        os.chown(path, account.pw_uid, account.pw_gid)
    try:
        yield made
    finally:
        made.stop()


def by_password(server: Server) -> subprocess.CompletedProcess[str]:
    return server.login("-o", "PubkeyAuthentication=no")


def by_key(server: Server) -> subprocess.CompletedProcess[str]:
    return server.login("-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-i", str(server.folder / "key"))


def test_with_a_key_and_with_nothing_else(server: Server) -> None:
    assert by_password(server).stdout == "in\n", "before"
    done = server.machine("ssh")
    assert (done.returncode, done.stdout) == (0, "changed=1\n"), done.stderr
    until = time.monotonic() + 10
    while "Permission denied (publickey)" not in (refused := by_password(server)).stderr:
        assert time.monotonic() < until, f"passwords are still taken: {refused}"
        time.sleep(0.1)
    assert by_key(server).stdout == "in\n"
    assert server.machine("ssh").stdout == "changed=0\n"
    assert "ok     logins by key only" in server.machine("check").stdout


def test_who_has_no_key_is_not_locked_out(server: Server, user: Path) -> None:
    (user / ".ssh" / "authorized_keys").write_text("# none yet\n")
    done = server.machine("ssh")
    assert done.returncode == 1
    assert f"ssh-copy-id {NAME}@" in done.stderr
    assert by_password(server).stdout == "in\n"


def test_what_sshd_refuses_is_taken_back(server: Server) -> None:
    server.write("sshd_config.d/70-mistake.conf", "NoSuchOption yes\n")
    done = server.machine("ssh")
    assert done.returncode == 1
    assert "sshd refuses its configuration" in done.stderr
    assert not (server.etc / DROP_IN).exists()


def test_where_the_drop_in_has_no_effect_it_is_said(server: Server) -> None:
    server.write("sshd_config", "Port {port}\nPasswordAuthentication yes\n")
    done = server.machine("ssh")
    assert done.returncode == 1
    assert "Include /etc/ssh/sshd_config.d/*.conf" in done.stderr
    assert not (server.etc / DROP_IN).exists()


def test_check_says_that_passwords_are_taken(server: Server) -> None:
    done = server.machine("check")
    assert done.returncode == 1
    assert "WRONG  sshd takes passwords\n       -> infrastructure/machine.sh reliable ssh\n" in done.stdout
