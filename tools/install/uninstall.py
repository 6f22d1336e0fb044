"""Takes an installation away: says what goes and what stays, asks, and does it. See infrastructure/uninstall.sh."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from install.console import Console
from install.errors import InstallError
from install.machine.host import Host
from install.removal import Containers, Files, OurImages, SystemFiles, Timers, backups, data
from install.steps import Step, run
from install.values.place import Place

CHECKOUT = Path(__file__).resolve().parents[2]
STAYS = """
Docker, Tailscale and this folder stay; others may use them. To take them away too:
    sudo tailscale logout && sudo apt-get purge tailscale
    sudo apt-get purge docker.io docker-compose-v2 docker-buildx      # or docker-ce docker-compose-plugin"""
CLOSES = {  # what machine.sh has made, and what takes it away
    "/etc/stream-scout/firewall.nft": "infrastructure/machine.sh reliable open      # the firewall",
    "/etc/ssh/sshd_config.d/01-stream-scout.conf": "sudo rm {}      # logins by key only",
    "/etc/apt/apt.conf.d/60stream-scout": "sudo rm {}      # security updates by themselves",
    "/etc/systemd/journald.conf.d/60-stream-scout.conf": "sudo rm {}      # the journal's limit",
}


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="infrastructure/uninstall.sh", description="Take Stream Scout off this machine. It asks first."
    )
    parser.add_argument("--delete-data", action="store_true", help="also the database, .env and the secrets")
    parser.add_argument("--delete-backups", action="store_true", help="also the backups in BACKUP_FOLDER")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    return parser.parse_args(arguments)


def steps(host: Host, place: Place, chosen: argparse.Namespace) -> list[Step]:
    """Return what is to be taken away, in an order in which a kill leaves nothing running without its settings."""
    wanted: list[Step] = [Timers(host), Containers(host, place, chosen.delete_data), OurImages(host), SystemFiles(host)]
    folder = place.setting("BACKUP_FOLDER")
    if chosen.delete_backups:
        wanted.append(Files(host, "Backups", lambda: backups(folder)))
    if chosen.delete_data:
        wanted.append(Files(host, "Data", lambda: data(place, chosen.delete_backups)))
    return wanted


def plan(place: Place, chosen: argparse.Namespace) -> str:
    """Say what goes and what stays."""
    goes = ["containers, images, timers, the system's settings"]
    stays: list[str] = []
    (goes if chosen.delete_data else stays).append("the database and all other data, .env, the secrets")
    target, remote = place.setting("BACKUP_FOLDER"), place.setting("BACKUP_REPOSITORY")
    if target:
        (goes if chosen.delete_backups else stays).append(f"the backups in {target}")
    if remote:
        stays.append(f"the backups at {remote} (to be deleted there, by hand)")
    if chosen.delete_data and not chosen.delete_backups:
        stays.append("secrets/backup_* (without them no backup can be read)")
    return f"Goes:  {'; '.join(goes)}.\nStays: {'; '.join(stays) or 'nothing'}."


def still_closed() -> str:
    """Name what goes on closing the machine, and what would end it; empty if nothing does."""
    found = [f"    {command.format(file)}" for file, command in CLOSES.items() if Path(file).exists()]
    return "\n".join(["", "The machine stays closed and up to date. To end that too:", *found]) if found else ""


def is_confirmed(console: Console, chosen: argparse.Namespace) -> bool:
    """Ask for a word that nobody types by chance."""
    if chosen.yes:
        return True
    if os.environ.get("NONINTERACTIVE") or not sys.stdin.isatty():
        raise InstallError("Nobody is there to be asked: --yes does it")
    word = "delete" if chosen.delete_data or chosen.delete_backups else "yes"
    return console.ask(f"Type {word} to go on, anything else to leave all as it is", is_secret=False) == word


def take_away(console: Console, chosen: argparse.Namespace, changed: list[str]) -> int:
    """Ask, and do it; return the exit code."""
    host = Host(CHECKOUT, sys.stdin.isatty())
    place = Place(host)
    place.lock()
    wanted = steps(host, place, chosen)
    if all(step.state().is_done for step in wanted):
        console.say("There is nothing to take away.")
        return 0
    console.say(plan(place, chosen))
    if not is_confirmed(console, chosen):
        console.say("All is as it was.")
        return 1
    run(wanted, console, changed)
    console.say(STAYS + (f"\n{closed}" if (closed := still_closed()) else ""))
    if not chosen.delete_data:
        console.say("Back again, with the same data: infrastructure/install.sh")
    return 0


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Uninstall; the last line says how much was changed."""
    chosen = options(arguments)
    console = Console()
    changed: list[str] = []
    try:
        code = take_away(console, chosen, changed)
    except InstallError as error:
        console.say(f"\nSTOPPED  {error}")
        code = 1
    except (KeyboardInterrupt, EOFError):
        console.say("\nSTOPPED  Run it again: it goes on where it was.")
        code = 1
    console.say(f"changed={len(changed)}")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
