"""The version that runs is told in the metrics of every process, also where several write them together."""

import subprocess
import sys
import urllib.request

import pytest

from embedded.processes.ports import free_ports

SERVE = """
import sys, time
from pathlib import Path
from service_runtime import measures
{start}
print("ready", flush=True)
time.sleep(60)
"""
SAMPLE = 'stream_scout_build_info{commit="0123abc",version="1.5"} 1.0'


@pytest.mark.parametrize(
    "start", ["measures.serve('127.0.0.1', {port})", "measures.serve_folder(Path('.'), '127.0.0.1', {port})"]
)
def test_the_metrics_name_the_version(start: str, tmp_path, monkeypatch) -> None:
    (port,) = free_ports(1)
    monkeypatch.setenv("STREAM_SCOUT_VERSION", "1.5")
    monkeypatch.setenv("STREAM_SCOUT_COMMIT", "0123abc")
    if "folder" in start:
        monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    program = SERVE.format(start=start.format(port=port))
    with subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5).read().decode()
        process.kill()
    assert SAMPLE in text
