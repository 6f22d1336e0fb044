"""A fresh machine to install on: its own /etc, network and processes by Linux namespaces, and outsiders on the PATH.

install.sh, secrets.sh, preflight.sh, Python, sudo, sysctl and the sockets are the real ones.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[3]
OUTSIDER = Path(__file__).with_name("outsider.py")
PRESENT = ("apt-get", "curl", "df", "dpkg", "fio", "git", "systemctl", "tailscale-installer", "timedatectl")
SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
SYSTEMS = {
    "ubuntu-22.04": ("ubuntu", "Ubuntu 22.04.5 LTS", "22.04", "jammy"),
    "ubuntu-24.04": ("ubuntu", "Ubuntu 24.04.3 LTS", "24.04", "noble"),
    "debian-12": ("debian", "Debian GNU/Linux 12 (bookworm)", "12", "bookworm"),
    "raspberry-pi-os": ("debian", "Debian GNU/Linux 13 (trixie)", "13", "trixie"),
}
COPIED = (
    "infrastructure/install.sh",
    "infrastructure/uninstall.sh",
    "infrastructure/secrets.sh",
    "infrastructure/put_secret.sh",
    "infrastructure/preflight.sh",
    "tools/embedded/sync_probe.py",
    ".env.example",
    "docker-compose.reliable.yml",
    "docker-compose.processing.yml",
    "secrets/README.md",
    "DEPLOYMENT.md",
)
ACCOUNTS = ("passwd", "group", "shadow", "gshadow", "subuid", "subgid")
OPERATOR = 12345  # the plain user's id
ANSWERS = {
    "SITE_DOMAINS": "www.example.org",
    "TWITCH_CLIENT_ID": "abcdefghijklmnopqrstuvwxyz0123",
    "TWITCH_CLIENT_SECRET": "s3cretofthetwitchapplication00",
    "PINNED_CHANNELS": "anna,bert",
    "WEBHOOK_URL": "https://discord.example.org/api/webhooks/1/s3cretwebhook",
    "CLOUDFLARED_TOKEN": "eyJhIjoiczNjcmV0dHVubmVsdG9rZW4iLCJ0IjoiMTIzNCIsInMiOiI1Njc4In0=",
    "OPERATOR_ZONE": "Europe/Berlin",
}
SECRETS = [ANSWERS[name] for name in ("TWITCH_CLIENT_SECRET", "WEBHOOK_URL", "CLOUDFLARED_TOKEN")]
ENTER = """
set -eu
export PATH="$SYSTEM_PATH"
mount --bind "$WORLD/etc" /etc
mount -t tmpfs tmpfs /sys/fs/cgroup
echo "$CONTROLLERS" > /sys/fs/cgroup/cgroup.controllers
for hidden in /usr/bin/docker /usr/bin/tailscale /usr/sbin/tailscale; do
    [ ! -e "$hidden" ] || mount --bind /dev/null "$hidden"
done
cd "$WORLD/checkout"
# Not exec: nothing inside can kill a namespace's first process.
setpriv --reuid="$ID" --regid="$ID" --init-groups env -i PATH="$WORLD/bin:$PATH" HOME="$WORLD" LANG=C.UTF-8 "$@"
exit $?
"""


def described(file: str) -> dict[str, Any]:
    """What the stand-in for Compose has to know of a compose file."""
    services = yaml.safe_load((REPOSITORY / file).read_text())["services"]
    return {
        name: {
            "image": re.sub(r"\$\{STREAM_SCOUT_VERSION:-local\}", "TAG", service["image"]),
            "profiles": service.get("profiles", []),
            "variables": sorted(set(re.findall(r"\$\{(\w+)", json.dumps(service)))),
        }
        for name, service in services.items()
    }


COMPOSE = {f"docker-compose.{role}.yml": described(f"docker-compose.{role}.yml") for role in ("reliable", "processing")}


@dataclass
class Machine:
    """One machine; `network`: the process whose network it has."""

    folder: Path
    network: int
    address: str
    system: str = "ubuntu-24.04"
    uid: int = 0
    controllers: str = "cpu io memory pids"
    env: dict[str, str] = field(default_factory=dict)
    path: str = SYSTEM_PATH

    def __post_init__(self) -> None:
        for name in ("bin", "checkout/tools"):
            (self.folder / name).mkdir(parents=True)
        self.folder.chmod(0o755)
        self._make_system()
        self._make_checkout()
        self.set_state(
            system=SYSTEMS[self.system][0],
            architecture="arm64" if "pi" in self.system else "amd64",
            address=self.address,
            packages=[],
            knows_dockers=False,
            is_updated=False,
            docker_runs=False,
            dpkg_is_broken=False,
            clock=True,
            tailscale_is_up=False,
            tags=[],
            policy_is_pasted=True,
            images=[],
            containers={},
            volumes=[],
            units=[],
            secrets_agree=True,
            compose=COMPOSE,
            changed=[],
            seen=[],
            kill="",
        )

    def _make_system(self) -> None:
        etc = self.folder / "etc"
        # Others make users on this machine meanwhile: their locks come and go.
        locks = shutil.ignore_patterns("*.lock", *(f"{each}[.+]*" for each in ACCOUNTS))
        shutil.copytree("/etc", etc, symlinks=True, ignore_dangling_symlinks=True, ignore=locks)
        for gone in ("apt/sources.list.d/docker.list", "apt/keyrings/docker.asc", "sysctl.d/60-stream-scout.conf"):
            (etc / gone).unlink(missing_ok=True)
        identity, name, version, codename = SYSTEMS[self.system]
        (etc / "os-release").unlink(missing_ok=True)
        (etc / "os-release").write_text(
            f'PRETTY_NAME="{name}"\nID={identity}\nVERSION_ID="{version}"\nVERSION_CODENAME={codename}\n'
        )
        if "pi" in self.system:
            (etc / "rpi-issue").write_text("Raspberry Pi reference 2025-10-01\n")
        for file in ("group", "gshadow"):
            lines = (etc / file).read_text().splitlines(keepends=True) if (etc / file).exists() else []
            (etc / file).write_text("".join(line for line in lines if not line.startswith("docker:")))
        for file, line in {
            "passwd": f"op:x:{OPERATOR}:{OPERATOR}::{self.folder}:/bin/sh",
            "group": f"op:x:{OPERATOR}:",
            "shadow": "op:*:20000:0:99999:7:::",
        }.items():
            with (etc / file).open("a") as opened:
                opened.write(f"{line}\n")
        if (etc / "sudoers.d").is_dir():
            rule = etc / "sudoers.d" / "op"
            path = f"{self.folder}/bin:{SYSTEM_PATH}"
            rule.write_text(f'op ALL=(ALL) NOPASSWD: ALL\nDefaults secure_path="{path}"\nDefaults !use_pty\n')
            rule.chmod(0o440)

    def _make_checkout(self) -> None:
        for name in COPIED:
            (self.checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, self.checkout / name)
        for name in ("install", "deploy"):
            shutil.copytree(
                REPOSITORY / "tools" / name,
                self.checkout / "tools" / name,
                ignore=shutil.ignore_patterns("__pycache__"),
            )
        shutil.copy(OUTSIDER, self.folder / "bin" / "outsider")
        (self.folder / "bin" / "outsider").chmod(0o755)
        for name in PRESENT:
            (self.folder / "bin" / name).symlink_to(self.folder / "bin" / "outsider")
        (self.folder / "calls.log").touch()
        (self.folder / "state.json").write_text("{}")
        if self.uid:
            for path in (
                self.folder,
                *(each for part in ("bin", "checkout") for each in (self.folder / part).rglob("*")),
                self.folder / "bin",
                self.checkout,
            ):
                os.chown(path, self.uid, self.uid, follow_symlinks=False)
        for name in ("calls.log", "state.json"):
            (self.folder / name).chmod(0o666)

    @property
    def checkout(self) -> Path:
        return self.folder / "checkout"

    @property
    def dotenv(self) -> dict[str, str]:
        text = (self.checkout / ".env").read_text() if (self.checkout / ".env").exists() else ""
        return dict(re.findall(r"^([A-Z_0-9]+)=(.*)$", text, re.MULTILINE))

    def secret(self, name: str) -> str:
        return (self.checkout / "secrets" / name).read_text()

    @property
    def state(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "state.json").read_text()))

    def set_state(self, **values: Any) -> None:
        """Change something of the world by hand."""
        file = self.folder / "state.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **values}))

    def calls(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "calls.log").read_text().splitlines()]

    def command(self, *words: str, **variables: str) -> list[str]:
        """Return what runs a command on this machine."""
        inside = [f"{name}={value}" for name, value in {**self.env, **variables}.items()]
        enter = [
            "nsenter",
            f"--target={self.network}",
            "--net",
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--mount-proc",
            "--kill-child",
        ]
        outside = {
            "WORLD": str(self.folder),
            "ID": str(self.uid),
            "CONTROLLERS": self.controllers,
            "SYSTEM_PATH": self.path,
        }
        return [
            "env",
            *(f"{name}={value}" for name, value in outside.items()),
            *enter,
            "sh",
            "-c",
            ENTER,
            "sh",
            *inside,
            *words,
        ]

    def start(self, *words: str, **variables: str) -> "subprocess.Popen[str]":
        """Start a command; nobody sits in front of it."""
        return subprocess.Popen(
            self.command(*words, NONINTERACTIVE="1", **variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, **variables: str) -> "Run":
        """Run a command to its end, or to the machine's."""
        process = self.start(*words, **variables)
        try:
            output, _ = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return Run(process.returncode, output)

    def install(self, role: str, **variables: str) -> "Run":
        return self.run("infrastructure/install.sh", role, **variables)


@dataclass(frozen=True)
class Run:
    """How a command ended."""

    code: int
    output: str

    @property
    def changed(self) -> int:
        """What its last line says."""
        found = re.fullmatch(r"changed=(\d+)", self.output.splitlines()[-1])
        assert found, self.output
        return int(found[1])


NETWORK = """
import socket, subprocess, sys, time
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
for address in sys.argv[1:]:
    subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
open = [socket.create_server(place) for place in ((sys.argv[1], 5432), (sys.argv[2], 9094))]
print("ready", flush=True)
time.sleep(1000)
"""


def start_network(*addresses: str) -> "subprocess.Popen[str]":
    """Start a network of its own, with these addresses; Postgres's and Kafka's ports answer in it."""
    process = subprocess.Popen(
        ["unshare", "--net", sys.executable, "-c", NETWORK, *addresses], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process
