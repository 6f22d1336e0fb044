"""Says plainly which program a machine lacks and how to get it; needs nothing but Python's own library."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from embedded.problems import SetupError

GIB = 1024**3
DISK_BYTES = 3 * GIB  # 1 GB of packages, 0.1 GB of jars, and the demo's data of a day
VERSION_SECONDS = 60  # `mvn -v` starts a JVM
Find = Callable[[str], str | None]
Run = Callable[[str, str], str]


@dataclass(frozen=True)
class Needed:
    """A program that has to be there, in versions from `lowest` to `highest`."""

    program: str
    what: str
    version_option: str
    lowest: int
    highest: int
    how: str


JDK = Needed("java", "a JDK 17", "-version", 17, 21, "On Debian: apt-get install openjdk-17-jdk-headless")
MAVEN = Needed("mvn", "Maven 3.6 or newer", "-v", 3, 4, "On Debian: apt-get install maven")
NODE = Needed("node", "Node 20 or newer", "-v", 20, 99, "On Debian: apt-get install nodejs, or from nodejs.org")
PROGRAMS = (JDK, MAVEN, NODE)


def output_of(program: str, option: str) -> str:
    """What a program says about its version, on either stream; empty where it cannot run."""
    try:
        done = subprocess.run([program, option], capture_output=True, text=True, timeout=VERSION_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stderr + done.stdout


def missing(needed: Needed, find: Find = shutil.which, run: Run = output_of) -> str | None:
    """What is wrong with one program, and what to do; None where it is there."""
    path = find(needed.program)
    if path is None:
        return f"{needed.what} is missing (no `{needed.program}` on the PATH). {needed.how}"
    found = re.search(r"(\d+)\.\d+", run(path, needed.version_option))
    if found is None:
        return f"{needed.what} is needed, but {path} {needed.version_option} names no version. {needed.how}"
    if not needed.lowest <= int(found[1]) <= needed.highest:
        return f"{needed.what} is needed, but {path} is version {found[1]}. {needed.how}"
    return None


def wrong_python(version: tuple[int, int] = sys.version_info[:2]) -> str | None:
    """Whether this is Python 3.11, the newest that Flink's package runs on."""
    if version == (3, 11):
        return None
    return f"Python 3.11 is needed, this is {version[0]}.{version[1]}. On Debian 12: apt-get install python3.11-venv"


def short_of_room(folder: Path, needed_bytes: int = DISK_BYTES) -> str | None:
    """Whether the disk that holds `folder` has room; None where it has."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free >= needed_bytes:
        return None
    return (
        f"The disk of {folder} has {free / GIB:.1f} GB free; {needed_bytes / GIB:.1f} GB are needed. Make room there."
    )


def problems(folder: Path) -> list[str]:
    """Every problem of this machine, one line each."""
    found = [wrong_python(), *(missing(needed) for needed in PROGRAMS), short_of_room(folder)]
    return [problem for problem in found if problem]


def require(needed: Needed) -> str:
    """The path of a program. Raises SetupError where it is missing."""
    path = shutil.which(needed.program)
    if path is None:
        raise SetupError(missing(needed) or needed.what)
    return path


def main() -> int:
    """Check the machine for the folder in which this is called; 1 with every problem where there is one."""
    found = problems(Path.cwd())
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
