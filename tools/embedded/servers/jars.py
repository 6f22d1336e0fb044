"""Fetches the jars that are not on PyPI into build/jars with Maven, unless they are there already."""

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

from embedded.paths import FLINK_JARS, INFRASTRUCTURE, JARS, KAFKA_JARS, package_folder
from embedded.preflight import MAVEN, require
from embedded.problems import SetupError, exit_code

POM = INFRASTRUCTURE / "jars" / "pom.xml"
MAVEN_SECONDS = 600  # 55 MB on a slow line


def ensure() -> None:
    """Copy Kafka's and the Flink connector's jars and link Flink's own next to them. Raises SetupError.

    Safe to call from several processes at once.
    """
    JARS.mkdir(parents=True, exist_ok=True)
    stamp, wanted = JARS / "stamp", _fingerprint()
    with (JARS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == wanted:
            return
        for profile, folder in (("kafka", KAFKA_JARS), ("flink", FLINK_JARS)):
            shutil.rmtree(folder, ignore_errors=True)
            _copy_dependencies(profile, folder)
        _link_flink(package_folder("pyflink", "apache-flink"))
        stamp.write_text(wanted)


def _fingerprint() -> str:
    flink = package_folder("pyflink", "apache-flink")
    names = sorted(str(jar) for jar in _flink_jars(flink))
    return hashlib.sha256(POM.read_bytes() + "\n".join(names).encode()).hexdigest()


def _copy_dependencies(profile: str, folder: Path) -> None:
    goal = "dependency:copy-dependencies"
    command = [require(MAVEN), "-q", "-B", "-C", "-f", str(POM), "-P", profile, goal, f"-DoutputDirectory={folder}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=MAVEN_SECONDS, check=False)
    if done.returncode:
        raise SetupError(f"Maven could not fetch the jars for {profile}:\n{(done.stdout + done.stderr).strip()}")


def _flink_jars(flink: Path) -> list[Path]:
    return [*flink.glob("lib/*.jar"), *flink.glob("plugins/metrics-prometheus/*.jar")]


def _link_flink(flink: Path) -> None:
    for jar in _flink_jars(flink):
        (FLINK_JARS / jar.name).symlink_to(jar)


if __name__ == "__main__":
    raise SystemExit(exit_code(ensure))
