"""`docker` for rotate.sh: what runs, what is restarted, one website beside another; the rest is docker_stand_in.py's.

Each order is a line of orders.log. RUNNING: the services that run; KILL_AT: the order at which everything is killed.
"""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import yaml

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]
STATE = Path(os.environ["DOCKER_STATE"])
RUNNING = os.environ["RUNNING"].split()
WEBSITES = STATE / "websites"
COMMANDS = ("restart", "stop", "up", "ps", "config", "run", "exec")


def config(file: str) -> dict[str, object]:
    """The compose file as `docker compose config --format json` writes it."""
    read = yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", (REPOSITORY / file).read_text()))
    for service in read["services"].values():
        service["secrets"] = [
            {"source": each if isinstance(each, str) else each["source"]} for each in service.get("secrets", [])
        ]
    return {"services": read["services"]}


def note(order: str) -> None:
    """Write the order down; end at once with whoever gave it, if that is what is asked for."""
    with (STATE / "orders.log").open("a") as log:
        log.write(f"{order}\n")
    if os.environ.get("KILL_AT") and os.environ["KILL_AT"] in order:
        os.killpg(0, signal.SIGKILL)


def websites() -> list[str]:
    return WEBSITES.read_text().split() if WEBSITES.exists() else ["web1"]


def compose(action: str, rest: list[str], file: str) -> int:
    note(" ".join([action, *rest]))
    if action == "config":
        print(json.dumps(config(file)))
    elif action == "ps":
        print("\n".join(websites() if "-q" in rest else RUNNING))
    elif action == "up" and "--scale" in rest:
        WEBSITES.write_text(" ".join([*websites(), f"web{len(websites()) + 1}"]))
    elif action == "run" and "--entrypoint" in rest:
        program = REPOSITORY / "infrastructure" / "images" / "vault_key.py"
        return subprocess.run([sys.executable, program, rest[-1]], check=False).returncode
    elif action == "exec" and rest[1] in ("kafka", "grafana"):
        (STATE / f"told_{rest[1]}").write_text(sys.stdin.read())
    elif action in ("run", "exec"):
        return subprocess.run([sys.executable, HERE / "docker_stand_in.py", *sys.argv[1:]], check=False).returncode
    return 0


def main(words: list[str]) -> int:
    if words[0] == "compose":
        place = next(place for place, word in enumerate(words) if word in COMMANDS and words[place - 1] != "--profile")
        return compose(words[place], words[place + 1 :], words[words.index("-f") + 1])
    if words[0] == "inspect":
        print("healthy")
    elif words[0] in ("stop", "rm"):
        note(" ".join(words))
        WEBSITES.write_text(" ".join(each for each in websites() if words[0] == "stop" or each != words[-1]))
    return 0


raise SystemExit(main(sys.argv[1:]))
