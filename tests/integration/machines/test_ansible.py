"""The playbook twice against two real sshd behind real firewalls; scripts that need Docker note what they got."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.support.network import PEER, PUBLIC, Network

from embedded.paths import REPOSITORY

ANSIBLE = REPOSITORY / "infrastructure" / "ansible"
WHERE = f"{REPOSITORY}/build/machines/bin:{Path(sys.executable).parent}:{os.environ['PATH']}"
PLAYBOOK, LINT = shutil.which("ansible-playbook", path=WHERE), shutil.which("ansible-lint", path=WHERE)
NEEDED = ("ip", "nft", "iptables", "git", "ssh", "unattended-upgrade")
SECRET = "s3cret'; touch /tmp/oops; echo '"  # what a shell would spoil
pytestmark = pytest.mark.skipif(PLAYBOOK is None or LINT is None, reason="no Ansible: make test-machines installs it")
needs_machines = pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/usr/sbin/sshd").exists() or not all(map(shutil.which, NEEDED)),
    reason="needs root, and apt-get install iproute2 nftables iptables openssh-server unattended-upgrades",
)
# The interface of install.sh, deploy.sh and backup.sh, which have tests of their own.
INSTALL = """
case $1 in
  invite) touch .deploy-invited; echo "    join:100.64.0.1:9190:abcdefghijklmnopqrstuvwxyz"; exec sleep 20 ;;
  reliable) mkdir -p secrets; [ -e .env ] && changed=0 || changed=3 ;;
  processing)
    [ -e secrets/kafka_password ] && changed=0 || changed=4
    [ -n "$JOIN_LINE" ] || [ $changed = 0 ] || { echo "no line"; exit 1; }
    mkdir -p secrets; echo joined >secrets/kafka_password ;;
esac
[ -e .env ] || printf 'COMPOSE_PROFILES=tls\\nSTREAM_SCOUT_VERSION=%s\\n' "$(git describe --always)" >.env
printf 'install %s %s [%s] [%s]\\n' "$*" "$NONINTERACTIVE" "$WEBHOOK_URL" "$JOIN_LINE" >>called
echo changed=$changed
"""
DEPLOY = 'echo "deploy $*" >>called; sed -i "s/^STREAM_SCOUT_VERSION=.*/STREAM_SCOUT_VERSION=$2/" .env\n'
BACKUP = 'echo "backup $*" >>called; touch backup.timer\n'


class Hosts:
    """Machine A and machine B with an sshd each, and the operator's computer."""

    def __init__(self, network: Network, folder: Path) -> None:
        self.network, self.folder = network, folder
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "key"], check=True)
        self._make_repository(folder / "repository")
        for name in ("machine", "tailnet"):
            self._start_sshd(name, folder / name)
        self._write_inventory()

    def _make_repository(self, folder: Path) -> None:
        scripts = folder / "infrastructure"
        shutil.copytree(REPOSITORY / "infrastructure/machine", scripts / "machine")
        shutil.copytree(REPOSITORY / "infrastructure/backup", scripts / "backup")
        shutil.copy(REPOSITORY / "infrastructure/machine.sh", scripts)
        for name, text in (("install", INSTALL), ("deploy", DEPLOY), ("backup", BACKUP)):
            (scripts / f"{name}.sh").write_text(f"#!/bin/sh\n{text}")
            (scripts / f"{name}.sh").chmod(0o755)
        (folder / ".gitignore").write_text(".env\nsecrets\ncalled\nbackup.timer\n.invitation\n.deploy*\n.backup\n")
        self.git("init", "-q", "-b", "main")
        self.commit("first")

    def git(self, *words: str) -> str:
        who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
        done = subprocess.run(
            ["git", *who, "-C", self.folder / "repository", *words], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        (self.folder / "repository" / "version").write_text(message)
        self.git("add", "-A")
        self.git("commit", "-qm", message)
        return self.git("describe", "--always")

    def _start_sshd(self, name: str, own: Path) -> None:
        """Start an sshd whose /etc, as far as it is written to, is its own."""
        folders = {
            "ssh": "/etc/ssh",
            "run": "/run",
            "root": "/root/.ssh",
            "scout": "/etc/stream-scout",
            "bin": "/usr/local/bin",
            "units": "/etc/systemd/system",
            "journald": "/etc/systemd/journald.conf.d",
            "apt": "/etc/apt/apt.conf.d",
        }
        for each in folders:
            (own / each).mkdir(parents=True)
        (own / "ssh/sshd_config.d").mkdir()
        (own / "run/sshd").mkdir()
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", own / "ssh/ssh_host_ed25519_key"], check=True
        )
        own_home = f"SetEnv HOME={own}\n"  # without whatever the shell of this machine's root starts with
        (own / "ssh/sshd_config").write_text(
            f"Include /etc/ssh/sshd_config.d/*.conf\nPidFile /run/sshd.pid\n{own_home}"
        )
        shutil.copy(self.folder / "key.pub", own / "root/authorized_keys")
        (own / "root").chmod(0o700)
        (own / "bin/docker").write_text(f'#!/bin/sh\necho "docker $*" >>{own}/checkout/called\n')
        (own / "bin/docker").chmod(0o755)
        binds = [f"mkdir -p {there} && mount --bind {own}/{each} {there}" for each, there in folders.items()]
        self.network.start(name, "unshare", "-m", "sh", "-c", " && ".join([*binds, "exec /usr/sbin/sshd -D -e"]))
        until = time.monotonic() + 10
        while not (own / "run/sshd.pid").exists():
            assert time.monotonic() < until
            time.sleep(0.05)

    def _write_inventory(self) -> None:
        (self.folder / "inventory.yml").write_text(
            textwrap.dedent(f"""
            all:
              vars:
                repository: {self.folder}/repository
                answers: {{SITE_DOMAINS: www.example.org, BACKUP_REPOSITORY: "sftp:backup@backup.example.org:/x"}}
                secret_answers: {{WEBHOOK_URL: "{SECRET}"}}
                ansible_user: root
                ansible_ssh_private_key_file: {self.folder}/key
                ansible_python_interpreter: /usr/bin/python3
                backup_timer: "{{{{ checkout }}}}/backup.timer"
              children:
                reliable: {{hosts: {{a: {{ansible_host: {PUBLIC}, checkout: {self.folder}/machine/checkout}}}}}}
                processing: {{hosts: {{b: {{ansible_host: {PEER}, checkout: {self.folder}/tailnet/checkout}}}}}}
        """)
        )

    def play(self) -> dict[str, int]:
        """Run the playbook from the operator's computer; return how many changes each machine had."""
        ssh = "-F none -o UserKnownHostsFile=/dev/null -o ControlMaster=auto -o ControlPersist=60s"
        variables = {
            "ANSIBLE_CONFIG": str(ANSIBLE / "ansible.cfg"),
            "ANSIBLE_HOST_KEY_CHECKING": "false",
            "ANSIBLE_SSH_ARGS": f"{ssh} -o ControlPath={self.folder}/%C",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_TIMEOUT": "10",
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
        }
        done = subprocess.run(
            ["ip", "netns", "exec", self.network.name("outside"), str(PLAYBOOK), "-i", self.folder / "inventory.yml",
             ANSIBLE / "site.yml"],
            env=os.environ | variables, capture_output=True, text=True, check=False, timeout=240,
        )  # fmt: skip
        self.said = done.stdout + done.stderr
        assert done.returncode == 0, self.said
        found = re.findall(r"^(\w) +: ok=\d+ +changed=(\d+) +unreachable=0 +failed=0", done.stdout, re.MULTILINE)
        return {host: int(changed) for host, changed in found}

    def called(self, name: str) -> list[str]:
        """Return what the scripts of a machine were called with since the last question."""
        log = self.folder / name / "checkout" / "called"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    """Two fresh machines."""
    folder = Path(tempfile.mkdtemp(prefix="an", dir="/tmp"))  # short: it holds sockets
    network = Network(folder)
    try:
        yield Hosts(network, folder)
    finally:
        network.close()
        shutil.rmtree(folder)


@needs_machines
def test_the_second_run_changes_nothing(hosts: Hosts) -> None:
    first = hosts.play()
    assert first["a"] > 0
    assert first["b"] > 0
    line = "join:100.64.0.1:9190:abcdefghijklmnopqrstuvwxyz"
    assert hosts.called("machine") == [f"install reliable 1 [{SECRET}] []", "backup reliable setup"]
    assert hosts.called("tailnet") == [f"install processing 1 [{SECRET}] [{line}]", "backup processing setup"]
    assert (hosts.folder / "machine/checkout/.deploy-invited").exists(), "A is asked, in its own checkout"
    assert SECRET not in hosts.said
    assert line not in hosts.said
    assert hosts.network.answering("outside", PUBLIC, {22, 80, 5432}) == {22}
    assert (hosts.folder / "machine/scout/firewall.nft").exists(), "confirmed by a login of its own"
    assert "elements = { 80, 443 }" in (hosts.folder / "machine/scout/firewall.nft").read_text()
    assert "elements = { 80, 443 }" not in (hosts.folder / "tailnet/scout/firewall.nft").read_text()

    assert hosts.play() == {"a": 0, "b": 0}, hosts.said
    assert [line for name in ("machine", "tailnet") for line in hosts.called(name) if "install" not in line] == []


@needs_machines
def test_another_version_is_deployed(hosts: Hosts) -> None:
    hosts.play()
    for name in ("machine", "tailnet"):
        hosts.called(name)
    version = hosts.commit("second")
    changes = hosts.play()
    assert changes["a"] == changes["b"] == 3, "the checkout, the images, the deploy"
    for name, role, letter in (("machine", "reliable", "A"), ("tailnet", "processing", "B")):
        assert hosts.called(name)[1:] == [
            f"docker compose -f docker-compose.{role}.yml build",
            f"deploy {letter} {version}",
        ]
    assert hosts.play() == {"a": 0, "b": 0}, hosts.said


def test_ansible_lint_has_nothing_to_say(tmp_path: Path) -> None:
    environment = os.environ | {"PATH": f"{Path(str(LINT)).parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    done = subprocess.run(
        [str(LINT), "--offline", "--strict", "--nocolor", "--profile", "production", "site.yml"],
        cwd=ANSIBLE, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
