"""Times the demo as a person meets it: `python demo.py [MINUTES]`, or `make demo-timings`.

Starts it in a folder of its own, waits for the first clip, lets it run for MINUTES, and presses Ctrl-C.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._result import write_result

from embedded.addresses import Ports, setting
from embedded.paths import REPOSITORY
from embedded.processes.processes import end, marked
from embedded.processes.waiting import wait_for

MINUTES = 3.0  # after the address
DEADLINE_SECONDS = 600.0
PROMISED = {  # README: the first clip within two minutes, 3 GB of disk
    "seconds_from_the_address_to_the_first_clip": 120.0,
    "megabytes_on_the_disk": 3000.0,
    "seconds_of_ctrl_c": 5.0,
    "processes_left": 0.0,
}


@dataclass
class Watch:
    """Tells the seconds since it was made."""

    begun: float

    @classmethod
    def start(cls) -> "Watch":
        """Begin now."""
        return cls(time.monotonic())

    def until(self, what: str, condition: Callable[[], object]) -> float:
        """Return the seconds at which the condition became true."""
        wait_for(what, condition, DEADLINE_SECONDS)
        return self.seconds()

    def seconds(self) -> float:
        """Return the seconds by now."""
        return round(time.monotonic() - self.begun, 1)


def megabytes(folder: Path) -> float:
    """Return what the files of a folder take on the disk, those that vanish meanwhile aside."""
    sizes = []
    for path in folder.rglob("*"):
        try:
            sizes.append(path.lstat().st_blocks * 512)
        except FileNotFoundError:
            continue
    return round(sum(sizes) / 1e6, 1)


def has_clip(ports: Ports) -> bool:
    """Return whether a moment with a clip is on the site."""
    answer = httpx.get(f"{ports.url('api')}/api/v1/moments", params={"clips": "1", "limit": "1"}, timeout=10)
    return answer.status_code == 200 and bool(answer.json()["items"])


def is_up(demo: subprocess.Popen[bytes], output: Path) -> bool:
    """Return whether the demo has printed its address; fails if it has ended."""
    text = output.read_text()
    assert demo.poll() is None, text
    return "Stream Scout is at http://" in text


def measure(demo: subprocess.Popen[bytes], folder: Path, ports: Ports, minutes: float) -> dict[str, float]:
    """Measure one run from its start to its end."""
    watch = Watch.start()
    figures = {"seconds_to_the_address": watch.until("the address", lambda: is_up(demo, folder / "output.txt"))}
    address = Watch.start()
    figures["seconds_from_the_address_to_the_first_clip"] = address.until("a clip", lambda: has_clip(ports))
    time.sleep(max(0.0, 60 * minutes - address.seconds()))
    figures["megabytes_on_the_disk"] = megabytes(folder / "demo")
    ctrl_c = Watch.start()
    os.killpg(demo.pid, signal.SIGINT)  # the whole foreground group, as a terminal does
    demo.wait(DEADLINE_SECONDS)
    figures["seconds_of_ctrl_c"] = ctrl_c.seconds()
    figures["processes_left"] = float(len(marked(folder / "demo")))
    return figures


def main() -> int:
    """Measure and write the result; return 1 if a promise is not kept."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    ports = Ports.free()
    chosen = {setting(name): str(port) for name, port in vars(ports).items()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # Postgres runs as another user
        command = [sys.executable, "-m", "embedded.demo", "--directory", str(folder / "demo")]
        with (folder / "output.txt").open("wb") as output:
            demo = subprocess.Popen(
                command, env=os.environ | chosen, stdout=output, stderr=output, cwd=REPOSITORY, start_new_session=True
            )
        try:
            figures = measure(demo, folder, ports, minutes)
        finally:
            demo.kill()
            end(marked(folder / "demo"), 3.0)
    failed = [name for name, most in PROMISED.items() if figures[name] > most]
    write_result("demo", {"minutes": minutes, "promised": PROMISED, **figures})
    if failed:
        sys.stderr.write(f"not kept: {', '.join(failed)}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
