"""Each locked requirement can be installed on arm64: asked of the package index, for every lock file."""

import subprocess
import sys

import pytest

from embedded.paths import REPOSITORY

SCRIPT = REPOSITORY / "infrastructure/images/arm64_wheels.py"
PYTHON = "python3.11"  # .venv need not have pip


@pytest.mark.timeout(900)
@pytest.mark.parametrize("lock", ["services", "flink", "dev"])
def test_each_requirement_has_a_wheel_or_is_known_to_be_compiled(lock: str) -> None:
    done = subprocess.run(
        [PYTHON, SCRIPT, REPOSITORY / f"infrastructure/requirements/{lock}.txt"],
        capture_output=True,
        text=True,
        check=False,
    )
    sys.stdout.write(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
