"""Runs the demo or the live system in a terminal: `python -m embedded.demo [--live --channels a,b]`."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import FrameType

from embedded import preflight, simulated_discord
from embedded.addresses import Ports, setting
from embedded.chat_report import ChatReport, ready_answer
from embedded.paths import REPOSITORY
from embedded.problems import SetupError
from embedded.processes.ports import used_ports
from embedded.processes.processes import die_with_parent
from embedded.programs import Program
from embedded.site_address import SETTING, SiteAddress
from embedded.system import System
from embedded.twitch import SIMULATED, Twitch, real

WATCH_SECONDS = 1.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Bursts are frequent enough that a visitor gets the first clip within two minutes, and sees within ten that clips are
# refused or late, that streams end, and what raids, gifts and votes look like.
SIMULATION = {
    "channels": 40,
    "messages_per_second": 150,
    "bursts_per_minute": 3,
    "plays_per_minute": 1,
    "lively": True,
    "stream_changes_per_minute": 1,
    "refusing_channels_every": 6,
    "late_clips_every": 7,
    "viewer_clips_per_burst": 3,
    "seed": 220,  # the largest channels speak all languages, the first one English
    "truth_messages_mb": 20,  # tests read it; here it is one more log
}


class Stopped(BaseException):
    """A stop signal arrived."""


def write_line(line: str) -> None:
    """Write one line to the terminal; ignore a terminal that is gone."""
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError:
        return


def stop_on_signals() -> None:
    """Make the first stop signal raise Stopped, and ignore further ones."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        with suppress(OSError):
            os.write(sys.stdout.fileno(), b"\nStopping Stream Scout ...\n")  # print() may itself be interrupted
        raise Stopped

    for number in STOP_SIGNALS:
        signal.signal(number, stop)


def check(directory: Path, ports: Ports, site: SiteAddress, live: bool) -> None:
    """Raise SetupError with all problems of the machine and its ports, before anything starts."""
    needed = ports.without("SIMULATOR_", "DISCORD_") if live else ports.settings()
    wider = ("api",) if live else ("api", "discord_simulator_page")
    used = used_ports(needed) or used_ports({setting(name): getattr(ports, name) for name in wider}, site.bind)
    if found := preflight.problems(directory) + used:
        raise SetupError("\n".join(found))


def tell_of_slow_disk(directory: Path) -> None:
    """Say so if the disk of the data takes long to sync: moments come later then."""
    if slow := preflight.slow_disk(directory):
        write_line(slow)


def watch(system: System) -> None:
    """Report programs that ended and were restarted, until the demo is stopped."""
    known = {state.name: state.pid for state in system.states()}
    while True:
        time.sleep(WATCH_SECONDS)
        for state in system.states():
            if state.pid not in (0, known[state.name]):
                write_line(f"{state.name} ended and was restarted; see {system.log(state.name)}")
                known[state.name] = state.pid


def where(ports: Ports, site: SiteAddress) -> str:
    """Return the line that says where the site is, and who can open it."""
    if not site.is_wider:
        return f"Stream Scout is at http://localhost:{ports.api} (Ctrl-C stops it)"
    return (
        f"Stream Scout is at http://{site.for_others}:{ports.api} (Ctrl-C stops it). Everyone on the network of this"
        f" machine can open it, because of {SETTING}={site.bind}; a streamer’s sign-in is played on this machine only."
    )


def where_discord_is(ports: Ports, site: SiteAddress) -> str:
    """Return the line that says where the simulated Discord is, and what for."""
    address = simulated_discord.page_url(ports, site)
    return f"Discord (simulated) is at {address}: see the bot post, and type its commands"


def discord_of(
    directory: Path, ports: Ports, site: SiteAddress, twitch: Twitch
) -> tuple[list[Program], dict[str, str]]:
    """Return the programs of the simulated Discord, and what the site knows of it; none beside the real Twitch."""
    if not twitch.simulated:
        return [], {}
    programs = simulated_discord.programs(directory, ports, site, twitch)
    return programs, simulated_discord.site_settings(directory, ports, site)


def run(directory: Path, ports: Ports, site: SiteAddress, twitch: Twitch) -> None:
    """Start the system, print its URL and watch it. Raises SetupError, Stopped."""
    check(directory, ports, site, live=not twitch.simulated)
    mode = "with a simulated Twitch" if twitch.simulated else "with the real Twitch"
    write_line(f"Starting Stream Scout {mode}. Data: {directory}, logs: {directory / 'logs'}")
    tell_of_slow_disk(directory)
    programs, settings = discord_of(directory.resolve(), ports, site, twitch)
    system = System(
        directory,
        ports,
        site=site,
        simulator_options=SIMULATION,
        twitch=twitch,
        environment={"api_frontend": settings},
        more=programs,
        report=lambda line: write_line(f"  {line}"),
    )
    if not twitch.simulated:
        write_line(f"The site opens at http://localhost:{ports.api} in about a minute, whatever Twitch answers")
        ChatReport(partial(ready_answer, ports.url("monitoring_health")), write_line, twitch.chat_complaints).start()
    try:
        system.start()
        write_line(where(ports, site))
        if twitch.simulated:
            write_line(where_discord_is(ports, site))
        watch(system)
    except OSError as error:
        raise SetupError(f"supervisord ended; see {directory / 'logs' / 'supervisord.log'}") from error
    finally:
        system.stop()


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m embedded.demo", description=__doc__)
    parser.add_argument("--live", action="store_true", help="use the real Twitch instead of the simulator")
    parser.add_argument(
        "--channels", default="", help="with --live: comma-separated channels: logins, addresses, or id:123"
    )
    parser.add_argument("--directory", type=Path, help="folder for data and logs (default: .demo or .live)")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Run until a stop signal; return 0, or 1 if the system cannot start."""
    chosen = options(arguments)
    stop_on_signals()
    if "MAKELEVEL" in os.environ:
        die_with_parent(signal.SIGTERM)  # a killed make does not forward the signal
    directory = chosen.directory or REPOSITORY / (".live" if chosen.live else ".demo")
    try:
        twitch = real(chosen.channels, os.environ) if chosen.live else SIMULATED
        run(directory, Ports.from_environment(os.environ), SiteAddress.from_environment(os.environ), twitch)
    except SetupError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    except Stopped:
        write_line("Stopped. The data is kept for the next start.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
