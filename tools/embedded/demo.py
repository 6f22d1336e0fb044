"""The demo and the live system in a terminal: `python -m embedded.demo [--live --channels a,b]`."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from embedded import preflight
from embedded.addresses import Ports
from embedded.paths import REPOSITORY
from embedded.problems import SetupError
from embedded.processes.ports import taken_ports
from embedded.processes.processes import die_with_parent
from embedded.system import System
from embedded.twitch import SIMULATED, Twitch, real

WATCH_SECONDS = 1.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A crowd erupts often enough that a visitor sees the first clip within two minutes.
SIMULATION = {"channels": 40, "messages_per_second": 150, "bursts_per_minute": 3, "plays_per_minute": 0.5, "seed": 1}


class Ended(BaseException):
    """Somebody asked for the end."""


def say(line: str) -> None:
    """One line for the person at the terminal; a terminal that is gone is no problem."""
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError:
        return


def stop_on_signals() -> None:
    """Let the first stop signal end the program in order; further ones change nothing."""

    def ended(_number: int, _frame: FrameType | None) -> None:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        with suppress(OSError):
            os.write(sys.stdout.fileno(), b"\nEnding everything ...\n")  # a print may be interrupted in its middle
        raise Ended

    for number in STOP_SIGNALS:
        signal.signal(number, ended)


def check(directory: Path, ports: Ports, live: bool) -> None:
    """Raise SetupError with everything that stands in the way, before anything starts."""
    needed = {name: port for name, port in ports.settings().items() if not (live and name.startswith("SIMULATOR_"))}
    if found := preflight.problems(directory) + taken_ports(needed):
        raise SetupError("\n".join(found))


def watch(system: System) -> None:
    """Tell of programs that ended and were started again, until the end."""
    known = {state.name: state.pid for state in system.states()}
    while True:
        time.sleep(WATCH_SECONDS)
        for state in system.states():
            if state.pid not in (0, known[state.name]):
                say(f"{state.name} ended and was started again; see {system.log(state.name)}")
                known[state.name] = state.pid


def run(directory: Path, ports: Ports, twitch: Twitch) -> None:
    """Start the system, name its address, watch it until it is ended. Raises SetupError, Ended."""
    check(directory, ports, live=not twitch.simulated)
    what = "with a simulated Twitch" if twitch.simulated else "on the real Twitch"
    say(f"Starting Stream Scout {what}. Data: {directory}, logs: {directory / 'logs'}")
    system = System(directory, ports, simulator_options=SIMULATION, twitch=twitch, report=lambda line: say(f"  {line}"))
    try:
        system.start()
        say(f"Stream Scout is at http://localhost:{ports.api} (Ctrl-C ends it)")
        watch(system)
    except OSError as error:
        raise SetupError(f"supervisord ended; see {directory / 'logs' / 'supervisord.log'}") from error
    finally:
        system.stop()


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m embedded.demo", description=__doc__)
    parser.add_argument("--live", action="store_true", help="the real Twitch in place of the simulator")
    parser.add_argument("--channels", default="", help="with --live: logins of the channels, separated by commas")
    parser.add_argument("--directory", type=Path, help="where data and logs lie; default .demo or .live")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Run until a stop signal; 0 then, 1 where something stands in the way."""
    chosen = options(arguments)
    stop_on_signals()
    if "MAKELEVEL" in os.environ:
        die_with_parent(signal.SIGTERM)  # a make that is killed cannot tell
    directory = chosen.directory or REPOSITORY / (".live" if chosen.live else ".demo")
    try:
        twitch = real(chosen.channels, os.environ) if chosen.live else SIMULATED
        run(directory, Ports.from_environment(os.environ), twitch)
    except SetupError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    except Ended:
        say("Ended. Nothing runs any more; the data stays for the next start.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
