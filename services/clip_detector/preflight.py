"""Check what Flink needs on this machine before it starts, so that each problem has a plain message."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from clip_detector.settings import DetectorSettings
from moment_detection.causes import vocabulary
from service_runtime.ports import why_not_free

JARS = (
    "flink-dist-*.jar",
    "flink-sql-connector-kafka-*.jar",
    "flink-json-*.jar",
    "zstd-jni-*.jar",
    "stream-scout-rest-guard*.jar",  # without it, Flink's REST interface runs what it is sent
)
PORT_WAIT_SECONDS = 15.0  # the JVM of a killed run keeps its port for up to 8 s
PORT_RETRY_SECONDS = 0.5
JAVA_VERSIONS = range(17, 22)  # Flink 2.2 runs on 17 and 21


def problems(settings: DetectorSettings) -> list[str]:
    """Return one line per problem."""
    machine = [*_jars(settings.flink_jars), *_java(), *_ports(settings), *_folder(settings.checkpoint_directory)]
    return machine + vocabulary.problems()


def _jars(folder: Path) -> list[str]:
    missing = [pattern for pattern in JARS if not any(folder.glob(pattern))]
    return [f"{folder} lacks {', '.join(missing)}: run `make venv`, or set DETECTOR_FLINK_JARS"] if missing else []


def _java() -> list[str]:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    if not java:
        return ["no java found: install a JDK 17 (Debian: openjdk-17-jre-headless), or set JAVA_HOME"]
    output = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', output)
    if not version or int(version[1]) not in JAVA_VERSIONS:
        return [f"{java} is not a JDK 17 to 21: {output.strip().splitlines()[0] if output.strip() else 'no answer'}"]
    return []


def _ports(settings: DetectorSettings) -> list[str]:
    deadline = time.monotonic() + PORT_WAIT_SECONDS
    while (taken := _taken_ports(settings)) and time.monotonic() < deadline:
        time.sleep(PORT_RETRY_SECONDS)
    return taken


def _taken_ports(settings: DetectorSettings) -> list[str]:
    wanted = {"DETECTOR_REST_PORT": settings.rest_port, "DETECTOR_METRICS_PORT": settings.metrics_port}
    return [
        f"port {port} cannot be used ({reason}): set {name}"
        for name, port in wanted.items()
        if (reason := why_not_free(settings.bind_address, port))
    ]


def _folder(directory: Path) -> list[str]:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        probe = directory / ".writable"
        probe.write_bytes(bytes(4096))
        probe.unlink()
    except OSError as error:
        return [f"{directory} cannot be written ({error.strerror}): set DETECTOR_CHECKPOINT_DIRECTORY"]
    return []
