"""The machine as it is read: a Raspberry Pi's files in a folder, this machine itself, and a real node_exporter."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts import metrics
from embedded.paths import REPOSITORY
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from machine_health import exposition
from machine_health.main import METRICS, STATE, main

FIXTURES = Path(__file__).parent / "fixtures"
SCRIPT = REPOSITORY / "infrastructure/machine_health.sh"
NODE_EXPORTER = shutil.which("prometheus-node-exporter") or shutil.which("node_exporter")
COLLECTORS = ("hwmon", "thermal_zone", "textfile", "filesystem")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="it would ask for sudo's password")


@pytest.fixture
def pi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Raspberry Pi with a card: files in a folder, and a `vcgencmd` on the PATH."""
    root, programs = tmp_path / "pi", tmp_path / "bin"
    programs.mkdir()
    shutil.copytree(FIXTURES / "sys", root / "sys")
    for name, text in {
        "etc/fstab": "/dev/mmcblk0p2 / ext4 defaults 0 1\n",
        "proc/1/mounts": "/dev/mmcblk0p2 / ext4 rw 0 0\n",
        "sys/kernel/debug/mmc0/err_stats": (FIXTURES / "err_stats").read_text(),
        "sys/fs/ext4/mmcblk0p2/errors_count": "0\n",
        "sys/block/mmcblk0/size": "1",
        "sys/block/loop0/size": "1",
    }.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    answer(programs, "throttled=0x0")
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    return root


def answer(programs: Path, word: str) -> None:
    (programs / "vcgencmd").write_text(f'#!/bin/sh\n[ "$1" = get_throttled ] && echo {word}\n')
    (programs / "vcgencmd").chmod(0o755)


def look(root: Path, folder: Path) -> dict[str, float]:
    folder.mkdir(exist_ok=True)
    assert main([str(folder), "--root", str(root)]) == 0
    lines = (folder / METRICS).read_text().splitlines()
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if not line.startswith("#")}


def test_a_sound_pi_is_all_zeros(pi: Path, tmp_path: Path) -> None:
    found = look(pi, tmp_path / "run")
    assert len([name for name in found if name.startswith("machine_throttled{")]) == 8
    assert set(found.values()) == {0.0}
    assert 'machine_disk_errors_total{disk="mmcblk0",source="kernel_log"}' in found, "a rise from nothing is no rise"
    assert not [name for name in found if "loop0" in name]
    assert (tmp_path / "run" / METRICS).stat().st_mode & 0o777 == 0o644, "node_exporter is nobody"


def test_each_trouble_of_a_pi_is_one(pi: Path, tmp_path: Path) -> None:
    answer(tmp_path / "bin", "throttled=0x50005")
    (pi / "proc/1/mounts").write_text("/dev/mmcblk0p2 / ext4 ro 0 0\n")
    (pi / "sys/fs/ext4/mmcblk0p2/errors_count").write_text("3\n")
    stats = pi / "sys/kernel/debug/mmc0/err_stats"
    stats.write_text(stats.read_text().replace("Data Timeout Occurred:\t 0", "Data Timeout Occurred:\t 2"))
    found = look(pi, tmp_path / "run")
    assert {name for name, value in found.items() if value} == {
        'machine_throttled{reason="under_voltage",when="now"}',
        'machine_throttled{reason="throttled",when="now"}',
        'machine_throttled{reason="under_voltage",when="since_boot"}',
        'machine_throttled{reason="throttled",when="since_boot"}',
        'machine_read_only{mountpoint="/"}',
        'machine_disk_errors_total{disk="mmcblk0",source="file_system"}',
        'machine_disk_errors_total{disk="mmcblk0",source="card_host"}',
    }


def test_a_kernel_of_before_says_it_in_sysfs(pi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    legacy = pi / "sys/devices/platform/soc/soc:firmware/get_throttled"
    legacy.parent.mkdir(parents=True)
    legacy.write_text("50000\n")
    found = look(pi, tmp_path / "run")
    assert found['machine_throttled{reason="under_voltage",when="since_boot"}'] == 1


def test_a_vcgencmd_that_fails_is_no_alarm(pi: Path, tmp_path: Path) -> None:
    (tmp_path / "bin/vcgencmd").write_text("#!/bin/sh\necho 'VCHI initialization failed'\nexit 1\n")
    assert not [name for name in look(pi, tmp_path / "run") if name.startswith("machine_throttled")]


def test_this_machine_is_read_whatever_it_is(tmp_path: Path) -> None:
    found = look(Path("/"), tmp_path)
    again = look(Path("/"), tmp_path)
    assert found.keys() == again.keys()
    assert "machine_under_voltage_total" in found
    if os.geteuid() == 0:
        assert json.loads((tmp_path / STATE).read_text())["next"] > 0, "the kernel's log was read"


def test_a_state_of_another_form_begins_anew(pi: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / STATE).write_text('{"next": "x"}')
    assert look(pi, folder)["machine_under_voltage_total"] == 0


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none")]) == 1
    assert "infrastructure/machine_health.sh run" in capsys.readouterr().err


def test_the_metrics_are_those_of_the_contract() -> None:
    ours = (exposition.DISK_ERRORS, exposition.READ_ONLY, exposition.THROTTLED, exposition.UNDER_VOLTAGE)
    known = {metric.name: (metric.name, metric.kind, metric.help) for metric in metrics.ALL}
    assert list(ours) == [known[each[0]] for each in ours]
    written = exposition.text(exposition.Health({("a", "now"): True}, {("b", "c"): 1}, {"/": True}, 1))
    for metric in metrics.ALL:
        found = re.search(rf"^{metric.name}(?:{{(.*)}})? ", written, re.MULTILINE)
        if metric.name.startswith("machine_"):
            assert found
            assert set(re.findall(r"(\w+)=", found[1] or "")) == set(metric.labels)


def test_it_runs_on_the_oldest_python_of_the_machines() -> None:
    """Ubuntu 22.04 has 3.10: no module may need what is newer."""
    for file in (REPOSITORY / "tools/machine_health").glob("*.py"):
        done = subprocess.run(
            [*(sys.executable, "-m", "ruff", "check", "--isolated", "--quiet", "--target-version", "py310"), file],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        assert not re.search(r"\b(StrEnum|tomllib|Self|ExceptionGroup)\b", file.read_text())


@needs_root
def test_setup_makes_a_timer_and_remove_takes_it_away(tmp_path: Path) -> None:
    units, folder, programs = tmp_path / "units", tmp_path / "run", tmp_path / "bin"
    for each in (units, folder, programs):
        each.mkdir()
    (programs / "systemctl").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n')
    (programs / "systemctl").chmod(0o755)
    variables = {
        "PATH": f"{programs}:{os.environ['PATH']}", "SYSTEMD_UNITS": str(units), "MACHINE_FOLDER": str(folder)
    }  # fmt: skip
    subprocess.run([SCRIPT, "setup"], env=variables, check=True)
    assert (folder / METRICS).is_file()
    assert {each.name for each in units.iterdir()} == {"stream-scout-machine.service", "stream-scout-machine.timer"}
    assert f"ExecStart={SCRIPT} run" in (units / "stream-scout-machine.service").read_text()
    assert "enable --now stream-scout-machine.timer" in (tmp_path / "asked").read_text()
    verify = shutil.which("systemd-analyze")
    if verify:
        done = subprocess.run([verify, "verify", *units.iterdir()], capture_output=True, text=True, check=False)
        assert "stream-scout-machine" not in done.stderr, done.stderr
    subprocess.run([SCRIPT, "remove"], env=variables, check=True)
    assert not list(units.iterdir())
    assert not list(folder.glob("*.prom"))


@pytest.fixture
def node_exporter(pi: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a node_exporter that sees the Raspberry Pi's sensors, and what we wrote."""
    look(pi, tmp_path / "run")
    (port,) = free_ports(1)
    line = [NODE_EXPORTER, f"--path.sysfs={pi}/sys", f"--collector.textfile.directory={tmp_path}/run"]
    line += ["--collector.disable-defaults", f"--web.listen-address=127.0.0.1:{port}"]
    process = subprocess.Popen([*map(str, line), *(f"--collector.{name}" for name in COLLECTORS)])
    address = f"http://127.0.0.1:{port}/metrics"
    try:
        wait_for("node_exporter", lambda: reached(address), 30, 0.1)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def reached(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=5) as page:
            return str(page.read().decode())
    except OSError:
        return ""


@pytest.mark.skipif(NODE_EXPORTER is None, reason="apt-get install prometheus-node-exporter")
def test_a_real_node_exporter_gives_what_the_rules_ask_for(node_exporter: str) -> None:
    page = reached(node_exporter)
    assert 'node_thermal_zone_temp{type="cpu-thermal",zone="0"} 62.322' in page
    assert re.search(r'^node_hwmon_in_lcrit_alarm_volts{.*sensor="in0"} 0$', page, re.MULTILINE)
    assert re.search(r'^node_hwmon_temp_crit_celsius{.*sensor="temp1"} 90$', page, re.MULTILINE)
    assert 'machine_throttled{reason="under_voltage",when="now"} 0' in page
    assert re.search(r'^node_textfile_mtime_seconds{file=".*/stream_scout_machine.prom"}', page, re.MULTILINE)
    assert "node_textfile_scrape_error 0" in page
    rules = (REPOSITORY / "configs/prometheus/machine_rules.yml").read_text()
    for name in set(re.findall(r"\b(node_(?:hwmon|thermal|textfile)\w+)", rules)):
        assert f"\n{name}{{" in page, name
