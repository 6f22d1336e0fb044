"""secrets.sh and preflight.sh as DEPLOYMENT.md has them run: by a plain user with sudo, in their own checkout."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from .manual import REPOSITORY

GROUP = 10001
NAME = f"operator{os.getpid()}"
pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("sudo") is None or shutil.which("useradd") is None,
    reason="makes a user who may use sudo: needs root, useradd and sudo",
)


@dataclass(frozen=True)
class Operator:
    """A plain user, their checkout, and what they asked sudo for."""

    uid: int
    gid: int
    checkout: Path

    @property
    def secrets(self) -> Path:
        return self.checkout / "secrets"

    @property
    def tokens(self) -> Path:
        return self.secrets / "twitch" / "twitch_user_tokens.json"

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the checkout as the user."""
        return subprocess.run(
            ["setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups", *command],
            cwd=self.checkout,
            env={"PATH": f"{self.checkout / 'bin'}:{os.environ['PATH']}", "HOME": str(self.checkout)} | variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def asked_sudo(self) -> list[str]:
        """Return what sudo was asked for since the last question, and forget it."""
        log = self.checkout / "sudo.log"
        lines = log.read_text().splitlines()
        log.write_text("")
        return lines


@pytest.fixture(scope="module")
def user() -> Iterator[pwd.struct_passwd]:
    """A user with sudo and nothing else."""
    subprocess.run(["useradd", "--no-create-home", "--shell", "/bin/sh", NAME], check=True)
    rule = Path("/etc/sudoers.d") / NAME
    rule.write_text(f"{NAME} ALL=(ALL) NOPASSWD: ALL\n")
    rule.chmod(0o440)
    yield pwd.getpwnam(NAME)
    rule.unlink()
    subprocess.run(["userdel", NAME], check=True)


@pytest.fixture
def operator(user: pwd.struct_passwd) -> Iterator[Operator]:
    """The user in a checkout with the scripts; sudo is the real one and writes down who asks."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    for name in ("infrastructure", "secrets", "tools/embedded", "bin"):
        (folder / name).mkdir(parents=True)
    for name in ("secrets.sh", "preflight.sh"):
        shutil.copy(REPOSITORY / "infrastructure" / name, folder / "infrastructure")
    shutil.copy(REPOSITORY / "tools/embedded/sync_probe.py", folder / "tools" / "embedded")
    (folder / "bin" / "sudo").write_text(
        f'#!/bin/sh\necho "$*" >>{folder}/sudo.log\nexec {shutil.which("sudo")} "$@"\n'
    )
    (folder / "bin" / "sudo").chmod(0o755)
    (folder / "sudo.log").touch()
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid)
    yield Operator(user.pw_uid, user.pw_gid, folder)
    shutil.rmtree(folder)


def signed_in(operator: Operator, owner: int) -> None:
    """Leave the tokens as a sign-in does that ran as `owner`."""
    operator.tokens.write_text('{"access_token": "x"}')
    operator.tokens.chmod(0o600)
    os.chown(operator.tokens, owner, owner)


def test_the_second_run_asks_sudo_for_nothing(operator: Operator) -> None:
    assert operator.run("infrastructure/secrets.sh").returncode == 0
    assert operator.asked_sudo()
    done = operator.run("infrastructure/secrets.sh")
    assert (done.returncode, done.stderr) == (0, "")
    assert operator.asked_sudo() == []


def test_tokens_that_root_owns_are_given_to_the_services(operator: Operator) -> None:
    """A sign-in with sudo leaves them so, and no service can read or renew them."""
    operator.run("infrastructure/secrets.sh")
    signed_in(operator, owner=0)
    done = operator.run("infrastructure/secrets.sh")
    assert done.returncode == 0, done.stderr
    status = operator.tokens.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (GROUP, GROUP, 0o660)


def test_a_folder_of_an_older_version_is_repaired(operator: Operator) -> None:
    """It was the services' alone, and whoever may not look into it finds nothing to repair."""
    operator.run("infrastructure/secrets.sh")
    signed_in(operator, owner=0)
    os.chown(operator.tokens.parent, GROUP, GROUP)
    assert operator.run("infrastructure/secrets.sh").returncode == 0
    assert operator.tokens.stat().st_uid == GROUP


def test_services_can_renew_their_tokens_in_it(operator: Operator) -> None:
    operator.run("infrastructure/secrets.sh")
    as_service = ["setpriv", f"--reuid={GROUP}", f"--regid={GROUP}", "--clear-groups", "sh", "-c"]
    renew = f"echo new >{operator.tokens}.new && mv {operator.tokens}.new {operator.tokens}"
    for _ in range(2):
        subprocess.run([*as_service, renew], check=True)
    assert operator.tokens.stat().st_uid == GROUP
    operator.asked_sudo()
    assert operator.run("infrastructure/secrets.sh").returncode == 0
    assert operator.asked_sudo() == []


@pytest.mark.parametrize(
    ("owner", "said"),
    [
        (None, "WARN   nobody has signed in at Twitch"),
        (GROUP, "ok     somebody has signed in at Twitch"),
        (0, "WRONG  ./secrets/twitch/twitch_user_tokens.json: no service can read it"),
    ],
)
def test_preflight_sees_who_has_signed_in(operator: Operator, owner: int | None, said: str) -> None:
    operator.run("infrastructure/secrets.sh")
    if owner is not None:
        signed_in(operator, owner)
    done = operator.run("infrastructure/preflight.sh", "processing", TWITCH_CLIENT_ID="abc")
    assert said in done.stdout.splitlines(), done.stdout


def test_preflight_says_what_it_may_not_look_into(operator: Operator) -> None:
    operator.run("infrastructure/secrets.sh")
    os.chown(operator.tokens.parent, GROUP, GROUP)  # as an older version left it
    done = operator.run("infrastructure/preflight.sh", "processing", TWITCH_CLIENT_ID="abc")
    assert "nobody has signed in" not in done.stdout
    assert "WRONG  ./secrets/twitch: wrong permissions" in done.stdout.splitlines()


def test_preflight_shows_what_the_comparison_found(operator: Operator) -> None:
    """The comparison itself is tried on a real Postgres (tests/integration/service_runtime) and on both machines."""
    operator.run("infrastructure/secrets.sh")
    python = operator.checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(
        "#!/bin/sh\necho \"$@\" >&2\nprintf 'ok\\tchatter_key is well\\t\\nfail\\tkafka_password is not\\tCopy it\\n'\n"
    )
    python.chmod(0o755)
    done = operator.run("infrastructure/preflight.sh", "processing", MACHINE_A="127.0.0.9")
    assert f"-m service_runtime.shared_secrets {operator.secrets} 127.0.0.9:5432" in done.stderr
    lines = done.stdout.splitlines()
    assert "ok     chatter_key is well" in lines
    assert lines[lines.index("WRONG  kafka_password is not") + 1] == "       -> Copy it"
    assert "ok     ./secrets/kafka_password" not in lines, "that it is there says nothing"
