"""The alert rules, asked by Prometheus's own tool; the deployment tests ask the image's."""

import shutil
import subprocess

import pytest

from .manual import REPOSITORY

pytestmark = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool: apt-get install prometheus")


def test_each_alert_fires_on_its_fault_alone() -> None:
    done = subprocess.run(
        ["promtool", "test", "rules", "rules_test.yml", "backup_rules_test.yml"],
        cwd=REPOSITORY / "configs" / "prometheus",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
