"""Asks for known vulnerabilities of the locked packages. Exit code 0: none, 1: some, 2: nobody knows.

Each source of advisories is first asked about an old package whose faults are known (canary/). If it finds nothing
there, it has no data, and what it says about ours is worth nothing.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from advisories.answers import Answer, NoAnswerError, accepted_ids, read_npm_audit, read_pip_audit

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
LOCKS = tuple(
    REPOSITORY / "infrastructure/requirements" / f"{name}.txt" for name in ("services", "flink", "dev", "machines")
)
NPM_FOLDERS = (REPOSITORY / "services/api_frontend/browser", REPOSITORY / "tests/audit")
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", re.MULTILINE)
SECONDS = 110  # the scan's whole time is two minutes
FOUND, NO_DATA = 1, 2


@dataclass(frozen=True, kw_only=True)
class Source:
    """One source of advisories: how it is asked about a lock, which locks are ours, and which is known to be bad."""

    name: str
    command: Callable[[Path], list[str]]
    read: Callable[[str], Answer]
    canary: Path
    ours: tuple[Path, ...]

    def ask(self, lock: Path) -> Answer:
        """Return what is known about a lock. Raises NoAnswerError."""
        try:
            done = subprocess.run(self.command(lock), capture_output=True, text=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoAnswerError(f"{self.name} did not answer: {error}") from error
        return self.read(done.stdout if done.stdout.strip() else done.stderr)


def sources(osv_url: str | None, npm_registry: str | None, locks: tuple[Path, ...]) -> tuple[Source, ...]:
    """Return both sources, at these addresses (None: where the tool itself asks), for Python's `locks`."""
    pip_audit = str(Path(sys.executable).with_name("pip-audit"))
    registry = ["--registry", npm_registry] if npm_registry else []
    osv = ["--vulnerability-service", "osv", *(["--osv-url", osv_url] if osv_url else [])]
    asked = [*osv, "--format", "json", "--progress-spinner", "off"]
    return (
        Source(
            name="PyPI",
            command=lambda lock: [pip_audit, *asked, "--disable-pip", "--no-deps", "--requirement", str(lock)],
            read=read_pip_audit,
            canary=HERE / "canary/requirements.txt",
            ours=locks,
        ),
        Source(
            name="npm",
            command=lambda folder: [
                "npm",
                "audit",
                "--json",
                "--package-lock-only",
                *registry,
                "--prefix",
                str(folder),
            ],
            read=read_npm_audit,
            canary=HERE / "canary/npm",
            ours=NPM_FOLDERS,
        ),
    )


def single_pins(locks: Sequence[str]) -> list[str]:
    """Return requirements that hold each pinned version of the locks once, and each name once a file, as pip asks."""
    pins = dict.fromkeys(pin for lock in locks for pin in PIN.findall(lock))
    files: list[dict[str, str]] = []
    for name, version in pins:
        free = next((file for file in files if name not in file), None)
        if free is None:
            files.append(free := {})
        free[name] = version
    return ["".join(f"{name}=={version}\n" for name, version in file.items()) for file in files]


@contextmanager
def python_locks() -> Iterator[tuple[Path, ...]]:
    """Write the pins of all locks into as few files as they need: each version is asked about once."""
    with TemporaryDirectory() as folder:
        paths = []
        for number, text in enumerate(single_pins([lock.read_text() for lock in LOCKS])):
            paths.append(Path(folder) / f"{number}.txt")
            paths[-1].write_text(text)
        yield tuple(paths)


def check_canary(source: Source) -> None:
    """Raise NoAnswerError unless the source knows what is wrong with its canary."""
    if not source.ask(source.canary).advisories:
        name = source.canary.relative_to(REPOSITORY)
        raise NoAnswerError(f"it knows no fault of {name}, which has several: there is no advisory data")


def report(source: Source, accepted: dict[str, str]) -> tuple[int, list[str]]:
    """Return an exit code and the lines to print."""
    try:
        check_canary(source)
        with ThreadPoolExecutor() as pool:
            answers = dict(zip(source.ours, pool.map(source.ask, source.ours), strict=True))
    except NoAnswerError as error:
        return NO_DATA, [f"{source.name}: nobody knows: {error}"]
    if unknown := sorted({name for answer in answers.values() for name in answer.unknown}):
        return NO_DATA, [f"{source.name}: nobody knows about {', '.join(unknown)}"]
    found = {key: line for answer in answers.values() for key, line in answer.advisories.items()}
    lines = [f"{source.name}: {line}" for key, line in found.items() if key not in accepted]
    waived = [f"{source.name}: accepted: {found[key]} ({accepted[key]})" for key in found if key in accepted]
    return (FOUND if lines else 0), [*lines, *waived] or [f"{source.name}: no known vulnerability"]


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Ask, print and return the exit code, the highest of all sources."""
    parser = argparse.ArgumentParser(prog="python -m advisories", description=__doc__)
    parser.add_argument("--osv-url", help="where OSV answers (default: pip-audit's own setting)")
    parser.add_argument("--npm-registry", help="which registry npm asks (default: npm's own setting)")
    chosen = parser.parse_args(arguments)
    accepted = accepted_ids((HERE / "accepted.txt").read_text())
    with python_locks() as locks:
        results = [report(source, accepted) for source in sources(chosen.osv_url, chosen.npm_registry, locks)]
    sys.stdout.write("".join(f"{line}\n" for _, lines in results for line in lines))
    return max(code for code, _ in results)
