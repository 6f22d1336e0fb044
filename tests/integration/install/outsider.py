#!/usr/bin/python3 -SI
"""Stands for what an installation asks outside of this repository; which program it is, its name says.

What it knows is in the folder above: `state.json`, which also says when the machine loses power, and the log of calls.
Programs that are installed later appear as links beside this file.
"""

import fcntl
import grp
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

BIN = Path(sys.argv[0]).parent
WORLD = BIN.parent
NAME, WORDS = Path(sys.argv[0]).name, sys.argv[1:]
TAILSCALE_SCRIPT = f"#!/bin/sh\nexec {BIN}/tailscale-installer\n"
SHARED = ("kafka_password", "chatter_key", "postgres_recorder_password")


def fail(text: str, code: int = 1) -> None:
    sys.stderr.write(f"{text}\n")
    sys.exit(code)


def has(*words: str) -> bool:
    return all(word in WORDS for word in words)


class World:
    """The machine's state, of which one program at a time may be the owner."""

    def __init__(self) -> None:
        self._file = (WORLD / "state.json").open("r+")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self.state: dict[str, Any] = json.load(self._file)
        with (WORLD / "calls.log").open("a") as log:
            log.write(json.dumps({"call": [NAME, *WORDS], "environment": dict(os.environ)}) + "\n")

    def save(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        json.dump(self.state, self._file)
        self._file.flush()

    def change(self, **values: Any) -> None:
        """Change the state; while `kill` is set, the power goes at each change that is made for the first time."""
        call = re.sub(r"file:\S+", "file", f"{NAME} {' '.join(WORDS)}")
        kill = "" if call in self.state["seen"] else self.state["kill"]
        self.state["seen"].append(call)
        if kill == "middle" and NAME == "apt-get":
            self.state["dpkg_is_broken"] = True
        if kill == "before" or (kill == "middle" and NAME == "apt-get"):
            self._lose_power()
        self.state.update(values)
        self.state["changed"].append(call)
        if kill == "after":
            self._lose_power()
        self.save()

    def _lose_power(self) -> None:
        self.save()
        os.kill(-1, signal.SIGKILL)  # everything in this process namespace that we may
        os.kill(os.getpid(), signal.SIGKILL)


def link(name: str) -> None:
    path = BIN / name
    if not path.exists():
        path.symlink_to(BIN / "outsider")


def settings() -> dict[str, str]:
    """What Compose reads."""
    file = Path(".env")
    text = file.read_text() if file.exists() else ""
    return dict(re.findall(r"^([A-Z_0-9]+)=(.*)$", text, re.MULTILINE)) | dict(os.environ)


def apt_get(world: World) -> None:
    state = world.state
    if os.geteuid():
        fail("E: Could not open lock file - open (13: Permission denied)", 100)
    if state["dpkg_is_broken"]:
        fail("E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.", 100)
    if "install" in WORDS and not all(map(shutil.which, ("ldconfig", "start-stop-daemon"))):
        fail("dpkg: error: 2 expected programs not found in PATH or not executable", 100)
    has_list = Path("/etc/apt/sources.list.d/docker.list").exists()
    if "update" in WORDS:
        if has_list and not Path("/etc/apt/keyrings/docker.asc").read_text().startswith("-----BEGIN PGP"):
            fail("E: The repository is not signed.", 100)
        world.change(knows_dockers=has_list, is_updated=True)
        return
    wanted = WORDS[WORDS.index("install") + 1 :]
    known = {"make", "curl", "ca-certificates", "git"}
    known |= {"docker.io", "docker-compose-v2", "docker-buildx"} if state["system"] == "ubuntu" else {"docker.io"}
    if state["knows_dockers"]:
        known |= {"docker-ce", "docker-ce-cli", "containerd.io", "docker-buildx-plugin", "docker-compose-plugin"}
    if unknown := [name for name in wanted if name not in known]:
        fail(f"E: Unable to locate package {unknown[0]}", 100)
    packages = sorted({*state["packages"], *wanted})
    if {"docker.io", "docker-ce"} & set(wanted):
        subprocess.run(["/usr/sbin/groupadd", "--force", "--system", "docker"], check=True)
        link("docker")
    world.change(packages=packages, docker_runs=state["docker_runs"] or "docker" in "".join(wanted))


def dpkg(world: World) -> None:
    if has("--print-architecture"):
        print(world.state["architecture"])
    elif has("--configure"):
        if world.state["dpkg_is_broken"]:
            world.change(dpkg_is_broken=False)
    elif has("--audit"):
        print("The following packages are only half configured:\n docker-ce" if world.state["dpkg_is_broken"] else "")
    elif WORDS[-1] not in world.state["packages"]:
        fail(f"dpkg-query: package '{WORDS[-1]}' is not installed")
    else:
        print("Status: install ok installed")


def systemctl(world: World) -> None:
    if WORDS[0] == "cat":
        sys.exit(0 if {"docker.io", "docker-ce"} & set(world.state["packages"]) else 1)
    if WORDS[0] in ("is-active", "is-enabled"):
        is_on = world.state["docker_runs"] if WORDS[-1] == "docker" else WORDS[-1] in world.state["units"]
        sys.exit(0 if is_on else 3)
    if has("enable"):
        units = [word for word in WORDS[1:] if word.endswith(".timer")]
        world.change(docker_runs=True, units=sorted({*world.state["units"], *units}))
    elif has("disable"):
        world.change(units=[name for name in world.state["units"] if name not in WORDS])


def timedatectl(world: World) -> None:
    if "show" in WORDS:
        print("yes" if world.state["clock"] else "no")
    else:
        world.change(clock=True)


def curl(world: World) -> None:
    if any("tailscale.com" in word for word in WORDS):
        sys.stdout.write(world.state.get("tailscale_script", TAILSCALE_SCRIPT))
    elif any("docker.com" in word for word in WORDS):
        print("-----BEGIN PGP PUBLIC KEY BLOCK-----")


def tailscale_installer(world: World) -> None:
    link("tailscale")
    world.change()


def tailscale(world: World) -> None:
    state = world.state
    if WORDS[0] == "status":
        running = {"BackendState": "Running", "Self": {"Tags": state["tags"], "TailscaleIPs": [state["address"]]}}
        print(json.dumps(running if state["tailscale_is_up"] else {"BackendState": "NeedsLogin", "Self": {}}))
    elif WORDS[0] == "ip":
        print(state["address"] if state["tailscale_is_up"] else "")
    elif WORDS[0] == "up":
        tags = next(word.partition("=")[2] for word in WORDS if word.startswith("--advertise-tags="))
        key = next((word.partition("=")[2] for word in WORDS if word.startswith("--auth-key=")), "")
        if key and Path(key.removeprefix("file:")).read_text() != "tskey-auth-x":
            fail("backend error: invalid key: unable to validate API key")
        if not state["policy_is_pasted"]:
            fail(f"requested tags [{tags}] are invalid or not permitted")
        if not key:
            print("To authenticate, visit:\n\n\thttps://login.tailscale.com/a/1234567890\n", flush=True)
        world.change(tailscale_is_up=True, tags=[tags])


def git(world: World) -> None:
    answers = {"describe": "v1.2-3-gabcdef0", "rev-parse": "abcdef0" * 5 + "abcde"}
    answers["remote"] = "https://git.example.org/you/stream-scout.git"
    print(answers[next(word for word in WORDS if word in answers)])


def docker(world: World) -> None:
    state = world.state
    is_allowed = os.geteuid() == 0 or grp.getgrnam("docker").gr_gid in (os.getegid(), *os.getgroups())
    if WORDS[:2] == ["compose", "version"]:
        if not {"docker-compose-v2", "docker-compose-plugin"} & set(state["packages"]):
            fail("docker: 'compose' is not a docker command.")
        print("2.29.7" if has("--short") else "Docker Compose version v2.29.7")
        return
    if not state["docker_runs"] or not is_allowed:
        fail("permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock")
    if WORDS[0] == "compose":
        compose(world)
    elif WORDS[0] == "info":
        print("/var/lib/docker" if has("-f") else "")
    elif WORDS[0] == "version":
        print("27.3.1")
    elif WORDS[:2] == ["image", "inspect"]:
        sys.exit(0 if WORDS[2] in state["images"] else 1)
    elif WORDS[0] == "images":
        print("\n".join(name for name in state["images"] if name.startswith("stream-scout/")))
    elif WORDS[0] == "ps":
        print("\n".join(state["containers"].get(WORDS[-1].rpartition("=")[2], {})))
    elif WORDS[0] == "rmi":
        world.change(images=[name for name in state["images"] if name not in WORDS])
    elif WORDS[0] == "volume":
        print("\n".join(name for name in state["volumes"] if name.startswith(WORDS[-1].rpartition("=")[2])))
    elif WORDS[0] == "run":
        if state["secrets_agree"]:
            print("\n".join(f"ok\t{name} is machine A's\t" for name in SHARED))
        else:
            print("fail\tkafka_password is not machine A's\tCopy it")


def services(world: World, file: str) -> dict[str, Any]:
    profiles = set(settings().get("COMPOSE_PROFILES", "").split(","))
    described = world.state["compose"][file]
    return {name: each for name, each in described.items() if not each["profiles"] or profiles & set(each["profiles"])}


def config_hash(name: str, service: dict[str, Any]) -> str:
    found = settings()
    values = [f"{variable}={found.get(variable, '')}" for variable in service["variables"]]
    return hashlib.sha256("\n".join([name, *values]).encode()).hexdigest()


def compose(world: World) -> None:
    state = world.state
    file = WORDS[WORDS.index("-f") + 1]
    project = file.split(".")[1]
    mine = services(world, file)
    running = state["containers"].setdefault(project, {})
    tag = settings().get("STREAM_SCOUT_VERSION", "local")
    images = {name: each["image"].replace("TAG", tag) for name, each in mine.items()}
    if has("config", "--images"):
        print("\n".join(images.values()))
    elif has("config", "--services"):
        print("\n".join(mine))
    elif has("config", "--hash"):
        print("\n".join(f"{name} {config_hash(name, each)}" for name, each in mine.items()))
    elif has("build"):
        print("#1 [internal] load build definition from service.Dockerfile", flush=True)
        ours = {image for image in images.values() if image.startswith("stream-scout/")}
        world.change(images=sorted({*state["images"], *ours}))
    elif has("ps"):
        for name, config in running.items():
            ended = name in ("roles", "migrate", "kafka-init")
            print(json.dumps({
                "Service": name, "State": "exited" if ended else "running", "Health": "" if ended else "healthy",
                "ExitCode": 0, "Labels": f"a=b,com.docker.compose.config-hash={config},c=d",
            }))  # fmt: skip
    elif has("up"):
        named = [word for word in WORDS[WORDS.index("up") + 1 :] if word in mine]
        if missing := [
            image
            for name, image in images.items()
            if image.startswith("stream-scout/") and image not in state["images"] and (not named or name in named)
        ]:
            fail(f"Error response from daemon: No such image: {missing[0]}")
        up = {name: config_hash(name, each) for name, each in mine.items() if not named or name in named}
        volumes = sorted({*state["volumes"], f"{project}_data"})
        world.change(containers={**state["containers"], project: {**running, **up}}, volumes=volumes)
    elif has("run"):
        print("Open https://www.twitch.tv/activate and enter ABCDEFGH", flush=True)
        tokens = Path("secrets/twitch/twitch_user_tokens.json")
        tokens.write_text("{}")
        if os.geteuid() == 0:
            os.chown(tokens, 10001, 10001)
        world.change()
    elif has("down"):
        kept = [name for name in state["volumes"] if not has("--volumes") or not name.startswith(project)]
        if running or kept != state["volumes"]:
            world.change(containers={**state["containers"], project: {}}, volumes=kept)


def fio(world: World) -> None:
    shares = {"50.000000": 500_000, "95.000000": 900_000}
    print(json.dumps({"jobs": [{"sync": {"lat_ns": {"percentile": shares}}}]}))


def df(world: World) -> None:
    print("Avail\n 100G")


PROGRAMS = {
    "apt-get": apt_get, "curl": curl, "df": df, "docker": docker, "dpkg": dpkg, "fio": fio, "git": git,
    "systemctl": systemctl, "tailscale": tailscale, "tailscale-installer": tailscale_installer,
    "timedatectl": timedatectl,
}  # fmt: skip

if __name__ == "__main__":
    PROGRAMS[NAME](World())
