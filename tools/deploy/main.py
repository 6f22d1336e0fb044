"""Parses the command line, lets one deploy at a time run, and tells how it ended."""

import argparse
import fcntl
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from deploy import env_file, webhook
from deploy.compose import ComposeHost
from deploy.deployment import Deployment
from deploy.host import DeployError
from deploy.machines import MACHINES
from deploy.outcome import Outcome, Result
from deploy.record import RecordFile

CHECKOUT = Path(__file__).resolve().parents[2]
VERSION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")  # what Docker takes for a tag


class RealClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Return seconds of a clock that is never adjusted."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def version_name(text: str) -> str:
    """Accept what Docker takes for a tag."""
    if not VERSION.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no version: letters, digits, dots, dashes and underscores")
    return text


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="infrastructure/deploy.sh",
        description="Bring this machine to a version whose images are here. If it does not work, the version before "
        "comes back by itself. Killed in the middle? Run it again.",
    )
    parser.add_argument("machine", choices=sorted(MACHINES), help="which machine this is")
    parser.add_argument("version", type=version_name, help="tag of the images")
    parser.add_argument("--env", type=Path, default=Path(".env"), metavar="FILE", help="settings (default: .env)")
    parser.add_argument("--no-backup", action="store_true", help="leave the backup out")
    return parser.parse_args(arguments)


def lock(folder: Path, env: Path) -> int:
    """Wait until no other deploy of this installation runs; return the descriptor that says so."""
    held = os.open(folder / f"{env.name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another deploy, or a command that one has left, still runs. Waiting for its end ...")
        fcntl.flock(held, fcntl.LOCK_EX)
    return held


def say(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def deploy(chosen: argparse.Namespace, env: Path) -> Outcome:
    """Run the deploy. Raises DeployError before it begins."""
    machine, kept = MACHINES[chosen.machine], CHECKOUT / ".deploy"
    kept.mkdir(mode=0o700, exist_ok=True)
    host = ComposeHost(machine, CHECKOUT, env, kept, lock(kept, env))
    began = time.monotonic()
    deployment = Deployment(
        machine,
        host,
        RecordFile(kept / f"{host.project}.json"),
        RealClock(),
        lambda text: say(f"{time.monotonic() - began:6.1f} s  {text}"),
    )
    return deployment.run(chosen.version, with_backup=not chosen.no_backup)


def tell(outcome: Outcome, env: Path) -> None:
    """Print how it ended, and post it to the operator's webhook."""
    say(outcome.text())
    if outcome.result is Result.REFUSED:
        return
    text = env_file.read(env)
    folder = os.environ.get("SECRETS_DIRECTORY") or env_file.setting(text, "SECRETS_DIRECTORY", "secrets")
    kind = os.environ.get("WEBHOOK_KIND") or env_file.setting(text, "WEBHOOK_KIND")
    if problem := webhook.post(CHECKOUT / folder / "webhook_url", kind, outcome.text()):
        say(f"The operator's webhook was not told: {problem}.")


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Deploy; return 0 if the version runs, 1 if the one before does, 2 if nothing changed, 3 if neither is well."""
    chosen = options(arguments)
    env = chosen.env if chosen.env.is_absolute() else CHECKOUT / chosen.env
    try:
        outcome = deploy(chosen, env)
    except DeployError as error:
        say(f"Nothing was changed. {error}")
        return Result.REFUSED.value
    tell(outcome, env)
    return int(outcome.result.value)
