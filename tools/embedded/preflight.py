"""Lists what a machine lacks and how to install it. Uses only the standard library: it runs before `make venv`."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from embedded import sync_probe
from embedded.problems import SetupError

GIB = 1024**3
DISK_BYTES = 3 * GIB  # 1 GB of packages, 0.1 GB of jars, and a day of the demo's data
VERSION_SECONDS = 60  # `mvn -v` starts a JVM
Find = Callable[[str], str | None]
Run = Callable[[str, str], str]


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """A required program in versions from `lowest` to `highest`."""

    program: str
    title: str
    version_option: str
    lowest: int
    highest: int
    hint: str


JDK = Requirement(
    program="java",
    title="JDK 17",
    version_option="-version",
    lowest=17,
    highest=21,
    hint="On Debian: apt-get install openjdk-17-jdk-headless",
)
JAVAC = replace(JDK, program="javac", title="JDK 17, not only its runtime,")
MAVEN = Requirement(
    program="mvn",
    title="Maven 3.6 or newer",
    version_option="-v",
    lowest=3,
    highest=4,
    hint="On Debian: apt-get install maven",
)
NODE = Requirement(
    program="node",
    title="Node 20 or newer",
    version_option="-v",
    lowest=20,
    highest=99,
    hint="On Debian: apt-get install nodejs, or from nodejs.org",
)
PROGRAMS = (JDK, JAVAC, MAVEN, NODE)


def output_of(program: str, option: str) -> str:
    """Return a program's version output from either stream; empty if it cannot run."""
    try:
        done = subprocess.run([program, option], capture_output=True, text=True, timeout=VERSION_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stderr + done.stdout


def problem_of(required: Requirement, find: Find = shutil.which, run: Run = output_of) -> str | None:
    """Return what is wrong with one program and what to do; None if it is installed."""
    path = find(required.program)
    if path is None:
        return f"{required.title} is missing (no `{required.program}` in PATH). {required.hint}"
    found = re.search(r"(\d+)\.\d+", run(path, required.version_option))
    if found is None:
        return f"{required.title} is needed, but {path} {required.version_option} prints no version. {required.hint}"
    if not required.lowest <= int(found[1]) <= required.highest:
        return f"{required.title} is needed, but {path} is version {found[1]}. {required.hint}"
    return None


def python_problem(version: tuple[int, int] = sys.version_info[:2]) -> str | None:
    """Return a problem unless this is Python 3.11, the newest version that PyFlink supports."""
    if version == (3, 11):
        return None
    return f"Python 3.11 is needed, this is {version[0]}.{version[1]}. On Debian 12: apt-get install python3.11-venv"


def disk_problem(folder: Path, needed_bytes: int = DISK_BYTES) -> str | None:
    """Return a problem if the disk that holds `folder` has too little free space."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free >= needed_bytes:
        return None
    needed = f"{needed_bytes / GIB:.1f} GB are required"
    return f"The disk of {folder} has {free / GIB:.1f} GB free; {needed}. Free some space there."


def slow_disk(folder: Path) -> str | None:
    """Return a warning if the disk that holds `folder` takes long to sync."""
    return sync_probe.warning(sync_probe.measure(folder))


def problems(folder: Path) -> list[str]:
    """Return every problem of this machine, one line each."""
    found = [python_problem(), *(problem_of(required) for required in PROGRAMS), disk_problem(folder)]
    return [problem for problem in found if problem]


def require(required: Requirement) -> str:
    """Return the path of a program. Raises SetupError if it is missing."""
    path = shutil.which(required.program)
    if path is None:
        raise SetupError(problem_of(required) or required.title)
    return path


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Print every problem of the machine; return 1 if there is one. The disk is that of the current folder.

    With --disk, print as well how long that disk takes to sync, if that is too long for moments in time.
    """
    found = problems(Path.cwd())
    slow = slow_disk(Path.cwd()) if "--disk" in arguments else None
    for line in filter(None, [*found, slow]):
        sys.stderr.write(f"{line}\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
