"""Flink's environment variables and configuration, built from the settings, and the end of its JVM."""

import math
import os
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

from clip_detector.recovery.checkpoint_sync import POLL_SECONDS, SETTLE_SECONDS
from clip_detector.recovery.start_plan import Start
from clip_detector.settings import DetectorSettings
from service_runtime.settings import KafkaSettings

SCRAM = "org.apache.flink.kafka.shaded.org.apache.kafka.common.security.scram.ScramLoginModule"
JVM_PYTHON = Path(__file__).parent / "jvm_python"
NETWORK_MEMORY = "32 mb"  # allocated at the start; all exchanges of this job use some 5 MB
SPARE_CHECKPOINTS = 3  # noted ones: if the newest cannot be restored, an older one is tried
# A catch-up is short and the planner runs once: compiling everything costs more than the slower code.
LESS_COMPILING = "-XX:CompileThresholdScaling=10"


def set_environment(settings: DetectorSettings) -> None:
    """Set the variables that PyFlink and its JVM read; call before the first Flink object is created."""
    import pyflink

    os.environ |= {
        "MALLOC_ARENA_MAX": "2",  # otherwise each of some hundred threads keeps its freed memory
        "FLINK_HOME": str(Path(pyflink.__file__).parent),  # otherwise FLINK_LIB_DIR is overwritten
        "FLINK_LIB_DIR": str(settings.flink_jars.absolute()),
        "FLINK_LOG_DIR": str(settings.work_directory.absolute()),
        "LOG4J_PROPERTIES": str(settings.log_config.absolute()),  # to standard output, into this process's log
        "PROMETHEUS_MULTIPROC_DIR": str(metrics_folder(settings)),  # where Python inside the JVM counts
        # Otherwise PyFlink starts workers for whoever reaches a port that it opens on every address, in any mode.
        "_python_worker_execution_mode": "process",
        "JVM_ARGS": " ".join(
            (f"-Xmx{settings.heap_mb}m", "-XX:+UseSerialGC", "-XX:-UsePerfData", LESS_COMPILING, settings.jvm_options)
        ),
        # Python inside the JVM does not know the venv.
        "PYTHONPATH": os.pathsep.join([str(JVM_PYTHON), *(path for path in sys.path if path)]),
    }


def metrics_folder(settings: DetectorSettings) -> Path:
    """Return the folder of the files with which Python inside the JVM counts."""
    return settings.work_directory.absolute() / "metrics"


def empty_work_directory(settings: DetectorSettings) -> None:
    """Remove what an earlier run left behind."""
    shutil.rmtree(settings.work_directory, ignore_errors=True)
    metrics_folder(settings).mkdir(parents=True)


def flink_config(settings: DetectorSettings, start: Start) -> dict[str, str]:
    """Return the configuration that depends on the machine and the start."""
    return {
        **listening(settings),
        "io.tmp.dirs": str(settings.work_directory.absolute()),
        "parallelism.default": str(settings.parallelism),
        "python.executable": sys.executable,
        "python.client.executable": sys.executable,
        "taskmanager.memory.network.min": NETWORK_MEMORY,
        "taskmanager.memory.network.max": NETWORK_MEMORY,
        "execution.checkpointing.interval": f"{round(settings.checkpoint_seconds * 1000)} ms",
        "execution.checkpointing.num-retained": str(retained(settings.checkpoint_seconds)),
        "execution.checkpointing.dir": settings.checkpoint_directory.absolute().as_uri(),
        **start.config,
    }


def listening(settings: DetectorSettings) -> dict[str, str]:
    """Return where Flink listens: for its REST interface, and for the other parts of itself."""
    address, port = settings.bind_address, str(settings.rest_port)
    rest = {"rest.address": address, "rest.bind-address": address, "rest.port": port, "rest.bind-port": port}
    parts = ("jobmanager.rpc.address", "jobmanager.bind-host", "taskmanager.host", "taskmanager.bind-host")
    web = {
        "web.submit.enable": "false",
        "web.cancel.enable": "false",
        "web.access-control-allow-origin": f"http://{address}:{port}",  # by default any page may read the answers
    }
    return rest | dict.fromkeys(parts, address) | web


def retained(checkpoint_seconds: float) -> int:
    """Return how many checkpoints Flink keeps: one is noted only after a while, and must still be there then."""
    return math.ceil((SETTLE_SECONDS + POLL_SECONDS) / checkpoint_seconds) + SPARE_CHECKPOINTS


def kafka_options(kafka: KafkaSettings) -> dict[str, str]:
    """Return the connector's properties, with SASL if a user is configured."""
    found = {"properties.bootstrap.servers": kafka.bootstrap_servers}
    if kafka.username and kafka.password_file:
        password = kafka.password_file.read_text().strip().replace("\\", "\\\\").replace('"', '\\"')
        found |= {
            "properties.security.protocol": "SASL_PLAINTEXT",
            "properties.sasl.mechanism": "SCRAM-SHA-256",
            "properties.sasl.jaas.config": f'{SCRAM} required username="{kafka.username}" password="{password}";',
        }
    return found


def end_jvm() -> None:
    """Kill the child processes. By itself, the JVM would take seconds to notice that its Python is gone."""
    for children in Path("/proc/self/task").glob("*/children"):
        for pid in children.read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)  # the next start skips an unfinished checkpoint
