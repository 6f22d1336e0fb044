"""DEPLOYMENT.md can be followed from top to bottom by somebody who has nothing yet."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from install.join.handover import PORT as JOINING

from .manual import REPOSITORY, blocks, compose_commands, text, unknown_services, without_comment

MANUAL = text("DEPLOYMENT.md")
MANUALS = {name: text(name) for name in ("DEPLOYMENT.md", "OPERATIONS.md")}
FILES = {"reliable": "docker-compose.reliable.yml", "processing": "docker-compose.processing.yml"}
SSH, SITE = "22", "5000"  # for the operator; machines do not ask these of each other
COPY = re.compile(r"ssh [AB] '.+?' \| ssh [AB] '.+?'")


def first(*pieces: str) -> list[int]:
    """Where each piece stands for the first time."""
    places = [MANUAL.find(piece) for piece in pieces]
    assert -1 not in places, pieces[places.index(-1)]
    return places


def policy() -> dict[str, Any]:
    return json.loads(
        "".join(MANUAL[MANUAL.index('        {\n          "tagOwners"') :].partition("\n        }\n")[:2])
    )


def section(name: str) -> str:
    """What stands below a heading."""
    return MANUAL[MANUAL.index(f"\n## {name}\n") :].split("\n## ")[1]


def published(machine: str, variable: str) -> set[str]:
    """The ports that a compose file opens on an address."""
    ports = [
        port for each in yaml.safe_load(text(FILES[machine]))["services"].values() for port in each.get("ports", [])
    ]
    return {found[1] for port in ports if (found := re.fullmatch(rf"\$\{{{variable}:-[\d.]+\}}:(\d+):\d+", port))}


def test_the_policy_knows_the_tags_before_a_machine_takes_one() -> None:
    places = first('"tagOwners"', "tailscale up --advertise-tags")
    assert places == sorted(places)
    taken = set(re.findall(r"--advertise-tags=(tag:\w+)", MANUAL))
    assert taken == set(policy()["tagOwners"])


def test_it_says_that_the_pasted_policy_replaces_the_other() -> None:
    paragraph = MANUAL[MANUAL.index("## Before you begin") : MANUAL.index('"tagOwners"')]
    assert "replaces the policy of your whole tailnet" in paragraph


def test_the_policy_opens_what_the_machines_ask_of_each_other() -> None:
    given: dict[tuple[str, str], set[str]] = {}
    for rule in policy()["acls"]:
        for place in rule["dst"]:
            _, machine, ports = place.split(":")
            given.setdefault((rule["src"][0], machine), set()).update(ports.split(","))
    assert given[("tag:processing", "reliable")] == published("reliable", "BIND_ADDR") - {SITE} | {str(JOINING)}
    assert given[("tag:reliable", "processing")] == published("processing", "BIND_ADDR")
    assert given[("autogroup:admin", "reliable")] == {SSH, SITE}
    assert given[("autogroup:admin", "processing")] == {SSH}


@pytest.mark.parametrize("manual", MANUALS)
def test_no_machine_is_told_to_copy_from_the_other(manual: str) -> None:
    """The policy lets neither reach the other's SSH, so both ends are reached from a third computer."""
    assert not re.search(r"\bscp\b", MANUALS[manual])
    copies = COPY.findall(MANUALS[manual])
    assert copies
    for copy in copies:
        before = MANUALS[manual][: MANUALS[manual].index(copy)].rstrip().splitlines()[-1]
        assert re.search(r"on your own computer|from your own computer", before, re.IGNORECASE), copy


@pytest.mark.parametrize("copy", sorted({copy for manual in MANUALS.values() for copy in COPY.findall(manual)}))
def test_the_copies_bring_the_secrets_and_no_tokens(copy: str, tmp_path: Path) -> None:
    """Run as they stand; `ssh X` is a shell in X's home."""
    ssh = tmp_path / "bin" / "ssh"
    for folder in (ssh.parent, *(tmp_path / machine / "stream-scout" / "secrets" / "twitch" for machine in "AB")):
        folder.mkdir(parents=True)
    ssh.write_text(f'#!/bin/sh\ncd "{tmp_path}/$1" && exec sh -c "$2"\n')
    ssh.chmod(0o755)
    there, here = (tmp_path / found / "stream-scout" / "secrets" for found in re.findall(r"ssh ([AB])", copy))
    (there / "postgres_recorder_password").write_text("new")
    (there / "twitch" / "twitch_user_tokens.json").write_text("another machine's")
    (here / "postgres_recorder_password").write_text("old")
    variables = {**os.environ, "PATH": f"{ssh.parent}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-o", "pipefail", "-c", copy], env=variables, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (here / "postgres_recorder_password").read_text() == "new"
    assert not list((here / "twitch").iterdir())


def test_it_says_where_to_clone_from() -> None:
    clones = {line for line in blocks(MANUAL) if line.startswith("git clone ")}
    assert len(clones) == 1
    assert " stream-scout && cd stream-scout" in clones.pop(), "the folder that further commands name"
    places = first("git clone ", "cp .env.example .env")
    assert places == sorted(places)


def test_machine_b_is_named_once_there_is_one() -> None:
    places = first("**B.** `.env` as on A", "MACHINE_B=")
    assert places == sorted(places)


@pytest.mark.parametrize("manual", MANUALS)
def test_no_secret_is_typed_into_a_command(manual: str) -> None:
    shown = [line for line in MANUALS[manual].splitlines() if re.search(r"(echo|printf) .*>\s*secrets/", line)]
    assert shown == []


@pytest.mark.parametrize("name", ["twitch_client_secret", "webhook_url", "discord_token"])
def test_secrets_are_asked_for_after_their_files_are_made(name: str) -> None:
    places = first("make secrets", f"make secret NAME={name}")
    assert places == sorted(places)
    assert name in text("infrastructure/secrets.sh")


@pytest.mark.parametrize(("machine", "role"), [("Machine A", "reliable"), ("Machine B", "processing")])
def test_a_machine_takes_three_commands(machine: str, role: str) -> None:
    """And they come before all that is longer."""
    commands = blocks(section(machine))
    assert len(commands) == 3, commands
    assert commands[0].startswith("sudo apt-get ")
    assert commands[1].startswith("git clone ")
    assert commands[2] == f"infrastructure/install.sh {role}"
    assert MANUAL.index(f"\n## {machine}\n") < MANUAL.index("docker compose -f")


def test_by_hand_somebody_signs_in_before_clip_creator_runs() -> None:
    by_hand = section("The long way")
    places = [
        by_hand.index(command)
        for command in (
            "docker compose -f docker-compose.processing.yml build",
            "python seed_twitch_tokens.py --device",
            "docker compose -f docker-compose.processing.yml up -d",
        )
    ]
    assert places == sorted(places)


def test_what_refers_to_the_manual_names_a_part_of_it() -> None:
    """`DEPLOYMENT.md, NAME`: a heading, or what is set in bold."""
    parts = set(re.findall(r"^#+ (.+)$", MANUAL, re.MULTILINE)) | {
        part.rstrip(".") for part in re.findall(r"\*\*(.+?)\*\*", MANUAL)
    }
    found: dict[str, str] = {}
    for root in ("infrastructure", "libraries", "services", "tools", "configs"):
        for file in (REPOSITORY / root).rglob("*"):
            if file.suffix in (".py", ".sh", ".yml", ".yaml") and "node_modules" not in file.parts:
                found |= dict.fromkeys(re.findall(r"DEPLOYMENT\.md, (\w[\w ]*)", file.read_text()), str(file))
    found |= dict.fromkeys(
        re.findall(r"DEPLOYMENT\.md, (\w[\w ]*)", MANUALS["OPERATIONS.md"] + text(".env.example")), "docs"
    )
    assert len(found) > 5
    assert not {name: file for name, file in found.items() if not any(name.startswith(part) for part in parts)}


def listed(machine: str, where: str) -> set[str]:
    rows = re.findall(rf"^\| {machine} \| {where} \| ([\d, ]+) \|", MANUAL, re.MULTILINE)
    return {port for row in rows for port in row.split(", ")}


def test_every_open_port_is_listed() -> None:
    assert listed("A", "Tailscale") == published("reliable", "BIND_ADDR")
    assert listed("A", "Tailscale, half an hour") == {str(JOINING)}
    assert listed("B", "Tailscale") == published("processing", "BIND_ADDR")
    assert listed("B", "loopback") == published("processing", "LOCAL_ADDR")


@pytest.mark.parametrize("seen", ["tunnel does not work", "shows moments and no clips", "shows no moments"])
def test_troubleshooting_has_a_row_with_a_command(seen: str) -> None:
    (row,) = [line for line in MANUAL.splitlines() if line.startswith("| ") and seen in line.split("|")[1]]
    assert "`make status`" in row or "docker compose" in row


def test_commands_within_the_text_name_services_that_exist() -> None:
    for command in compose_commands(MANUAL):
        assert not unknown_services(without_comment(command)), command


def test_files_it_names_exist() -> None:
    for path in re.findall(r"/etc/stream-scout/(postgres/[\w.]+)", MANUAL):
        assert (REPOSITORY / "configs" / path).is_file()
