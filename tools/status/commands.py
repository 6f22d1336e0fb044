"""Chooses the next command to type for a stage that is not ok."""

from dataclasses import replace
from typing import Literal

from status.line import StageState, StageStatus
from status.machine_line import machine_command

FILES = {"A": "docker-compose.reliable.yml", "B": "docker-compose.processing.yml"}
SERVICES = {  # stage to its machine and its service in that compose file
    "capture": ("B", "stream-monitoring"),
    "standby": ("A", "stream-monitoring-standby"),
    "kafka": ("B", "kafka"),
    "clip_detector": ("B", "flink-jobmanager"),
    "recorder": ("B", "recorder"),
    "clip_creator": ("B", "clip-creator"),
    "emote_counter": ("B", "emote-counter"),
    "viewer_clips": ("B", "viewer-clips"),
    "postgres": ("A", "postgres"),
    "website": ("A", "api-frontend"),
    "discord_bot": ("A", "discord-bot"),
}
OF_NO_STAGE = ("disk", "machine", "version")
LOGS = {"capture": "stream_monitoring", "website": "api_frontend"}  # log file names that differ from the stage's


def with_commands(lines: list[StageStatus], here: Literal["demo", "A", "B"]) -> list[StageStatus]:
    """Return the lines with the commands to type on this machine."""
    if here == "demo" and all(line.state is StageState.DOWN for line in lines if line.name not in OF_NO_STAGE):
        return [replace(line, next=_next(line, here) if line.name in OF_NO_STAGE else "make demo") for line in lines]
    return [replace(line, next=_next(line, here)) for line in lines]


def _next(line: StageStatus, here: Literal["demo", "A", "B"]) -> str:
    if line.state is StageState.OK or line.name == "version":
        return ""
    if line.name == "disk":
        return "df -h ." if here == "demo" else "docker system df"
    if line.name == "machine":
        return machine_command(line)
    if line.name == "postgres" and line.state is StageState.BEHIND:
        return "tools/status/run.sh --dead-letters"
    if here == "demo":
        return f"tail -n 30 .demo/logs/{LOGS.get(line.name, line.name)}.log"
    machine, service = SERVICES[line.name]
    if line.state is StageState.UNKNOWN:
        return f"on machine {machine}: make status"
    compose = f"docker compose -f {FILES[machine]}"
    command = f"{compose} up -d {service}" if line.state is StageState.DOWN else f"{compose} logs --tail 50 {service}"
    return command if machine == here else f"on machine {machine}: {command}"
