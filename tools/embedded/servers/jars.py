"""Makes build/jars, unless it is up to date: fetches the jars that are not on PyPI with Maven and compiles our own."""

import hashlib
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from embedded.paths import FLINK_JARS, INFRASTRUCTURE, JARS, KAFKA_JARS, package_folder
from embedded.preflight import JAVAC, MAVEN, require
from embedded.problems import SetupError, exit_code
from embedded.servers.made_once import make_once

POM = INFRASTRUCTURE / "jars" / "pom.xml"
REST_GUARD = INFRASTRUCTURE / "jars" / "rest_guard"
REST_GUARD_JAR = "stream-scout-rest-guard.jar"
MAVEN_SECONDS = 600  # 55 MB on a slow line
COMPILE_SECONDS = 120  # one file


def ensure() -> None:
    """Copy Kafka's and the Flink connector's jars, link Flink's own next to them, add the guard. Raises SetupError.

    Safe to call from several processes at once.
    """
    make_once(JARS, _fingerprint(), _make)


def _make() -> None:
    for profile, folder in (("kafka", KAFKA_JARS), ("flink", FLINK_JARS)):
        shutil.rmtree(folder, ignore_errors=True)
        _copy_dependencies(profile, folder)
    _link_flink(package_folder("pyflink", "apache-flink"))
    _compile_rest_guard(FLINK_JARS)


def _fingerprint() -> str:
    flink = package_folder("pyflink", "apache-flink")
    names = sorted(str(jar) for jar in _flink_jars(flink))
    sources = b"".join(file.read_bytes() for file in [POM, *_rest_guard_files()])
    return hashlib.sha256(sources + "\n".join(names).encode()).hexdigest()


def _rest_guard_files() -> list[Path]:
    return sorted(file for file in REST_GUARD.rglob("*") if file.is_file())


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


def _compile_rest_guard(jars: Path) -> None:
    """Compile ReadOnlyRest.java against Flink and put it into a jar beside Flink's."""
    sources = [str(file) for file in REST_GUARD.glob("*.java")]
    with tempfile.TemporaryDirectory() as classes:
        command = [require(JAVAC), "--release", "17", "-cp", f"{jars}/*", "-d", classes, *sources]
        done = subprocess.run(command, capture_output=True, text=True, timeout=COMPILE_SECONDS, check=False)
        if done.returncode:
            raise SetupError(f"javac could not compile {REST_GUARD}:\n{(done.stdout + done.stderr).strip()}")
        with zipfile.ZipFile(jars / REST_GUARD_JAR, "w") as jar:
            for folder, pattern in ((Path(classes), "**/*.class"), (REST_GUARD, "META-INF/services/*")):
                for file in sorted(folder.glob(pattern)):
                    jar.write(file, file.relative_to(folder))


if __name__ == "__main__":
    raise SystemExit(exit_code(ensure))
