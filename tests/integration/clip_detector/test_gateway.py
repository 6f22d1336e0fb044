"""Flink's JVM outlives the moment in which only one end of its connection knows the token."""

import os
import subprocess
import sys
from pathlib import Path

from embedded.paths import FLINK_JARS

SECONDS = 120.0
SLOWLY_CLOSED = """
import time
from clip_detector import flink, gateway
from clip_detector.settings import DetectorSettings

set_at_once = gateway._set_token
gateway._set_token = lambda *end: (set_at_once(*end), time.sleep(0.5))  # the JVM looks for its watchdog meanwhile
flink.set_environment(DetectorSettings())
gateway.close_to_others()
time.sleep(0.5)
print("the JVM says", gateway.get_gateway().jvm.Math.max(3, 4), flush=True)
flink.end_jvm()
"""


def test_the_jvm_stays_however_slowly_its_token_is_set(tmp_path: Path) -> None:
    own = {
        "DETECTOR_CHECKPOINT_DIRECTORY": str(tmp_path / "checkpoints"),
        "DETECTOR_FLINK_JARS": str(FLINK_JARS),
        "DETECTOR_WORK_DIRECTORY": str(tmp_path / "flink"),
    }
    command = [sys.executable, "-c", SLOWLY_CLOSED]
    done = subprocess.run(
        command, env={**os.environ, **own}, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert "the JVM says 4" in done.stdout, done.stderr[-3000:]
