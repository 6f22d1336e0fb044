"""What machine.sh puts on a machine is what the programs that read it take, and the documents say the same."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from .manual import REPOSITORY, text

MACHINE = REPOSITORY / "infrastructure" / "machine"
UNITS = ("stream-scout-firewall.service", "stream-scout-clean.service", "stream-scout-clean.timer")
KINDS = REPOSITORY / "infrastructure" / "rotate" / "kinds.sh"


def needs(*programs: str) -> pytest.MarkDecorator:
    missing = [each for each in programs if shutil.which(each, path="/usr/sbin:/usr/bin:/bin") is None]
    return pytest.mark.skipif(bool(missing), reason=f"not here: {', '.join(missing)}")


def run(*command: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=30)


@needs("systemd-analyze")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for name in UNITS:
        filled = (MACHINE / name).read_text().replace("@HERE@", str(REPOSITORY)).replace("@ROLE@", "reliable")
        (tmp_path / name).write_text(filled.replace("@USER@", "root").replace("/usr/sbin/nft", "/bin/true"))
    done = run("systemd-analyze", "verify", *(tmp_path / name for name in UNITS))
    assert [line for line in done.stderr.splitlines() if "stream-scout" in line] == []
    (when,) = re.findall(r"OnCalendar=(.*)", (MACHINE / UNITS[2]).read_text())
    assert run("systemd-analyze", "calendar", when).returncode == 0


@needs("nft")
@pytest.mark.parametrize("web", ["", "elements = { 80, 443 };"])
def test_nft_takes_the_rules(web: str) -> None:
    rules = (MACHINE / "firewall.nft").read_text().replace("@SSH@", "22,2222").replace("@WEB@", web)
    done = run("/usr/sbin/nft", "-c", "-f", "-", stdin=rules)
    if "Operation not permitted" in done.stderr:
        pytest.skip("nft checks rules as root alone")
    assert (done.returncode, done.stderr) == (0, "")


@needs("apt-config")
def test_apt_takes_the_upgrades(tmp_path: Path) -> None:
    done = run("apt-config", "dump", "-c", MACHINE / "upgrades.conf")
    for line in ('APT::Periodic::Unattended-Upgrade "1";', 'APT::Periodic::Update-Package-Lists "1";',
                 'Unattended-Upgrade::Automatic-Reboot "false";'):  # fmt: skip
        assert line in done.stdout.splitlines()


def test_the_journal_has_a_limit() -> None:
    assert "SystemMaxUse=200M\n" in (MACHINE / "journald.conf").read_text()


def asked(function: str, name: str) -> str:
    """Return what a function of kinds.sh says of a secret."""
    done = run("bash", "-c", f'. {KINDS}; {function} "$1" && echo yes', "kinds", name)
    return done.stdout.strip()


def secrets() -> list[str]:
    script = re.sub(r"^\s*#.*\n", "", text("infrastructure/secrets.sh"), flags=re.MULTILINE)
    found = re.findall(r"^(passwords|keys|by_hand)=\(([^)]*)\)$", script, re.MULTILINE)
    return [f"{kind} {name}" for kind, names in found for name in names.split()]


@pytest.mark.parametrize("secret", secrets())
def test_each_secret_is_made_as_secrets_sh_makes_it(secret: str) -> None:
    kind, name = secret.split()
    maker = asked("made_by", name).split()[0]
    assert maker == {"passwords": "password", "keys": "key", "by_hand": "person"}[kind]
    assert (asked("where_from", name) == "whoever gave you the old one\nyes") == (
        kind != "by_hand" or name == "backup_credentials"
    )


@pytest.mark.parametrize("secret", secrets())
def test_what_machine_b_is_given_is_known_to_be_shared(secret: str) -> None:
    """By its compose file; and `make status` and the backups read theirs from the folder."""
    name = secret.split()[1]
    in_files = re.findall(r"\$\{SECRETS_DIRECTORY:-\./secrets\}/([\w.]+)", text("docker-compose.processing.yml"))
    besides = {"postgres_status_password", "backup_key", "backup_ssh_key", "backup_known_hosts", "backup_credentials"}
    expected = (set(in_files) | besides) - {"grafana_password", "twitch", "watchdog_beat_url"}
    assert (asked("is_shared", name) == "yes") == (name in expected)


@pytest.mark.parametrize("command", ["machine.sh reliable ", "machine.sh reliable confirm", "machine.sh reliable check",
                                     "machine.sh reliable open", "machine.sh reliable firewall"])  # fmt: skip
def test_the_manual_says_how_to_close_a_machine(command: str) -> None:
    assert f"infrastructure/{command}" in text("DEPLOYMENT.md")


def test_it_is_said_that_a_alone_is_not_redundant() -> None:
    manual = text("DEPLOYMENT.md")
    assert "**A alone is not redundant.**" in manual
    assert "`infrastructure/restore.sh` on a new machine from its backup, within 10 minutes" in manual


def test_what_the_playbook_calls_is_here() -> None:
    tasks = "".join(path.read_text() for path in sorted((REPOSITORY / "infrastructure/ansible/tasks").glob("*.yml")))
    called = set(re.findall(r"infrastructure/[\w.]+\.sh", tasks))
    assert called == {f"infrastructure/{name}.sh" for name in ("install", "machine", "deploy", "backup")}
    for script in called - {"infrastructure/install.sh"}:
        assert (REPOSITORY / script).exists()


def test_hsts_and_the_floor_of_tls_stand_in_caddys_file() -> None:
    written = text("configs/caddy/Caddyfile")
    assert "protocols tls1.2 tls1.3\n" in written
    assert 'header Strict-Transport-Security "max-age=31536000"\n' in written
