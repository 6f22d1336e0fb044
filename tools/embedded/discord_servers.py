"""Furnishes the servers of a demo's simulated Discord: names, a word of welcome, and the commands of their owners.

What the owners type goes through the bot as everybody's commands do. The bot's settings are kept in Postgres and the
messages in the simulator's truth, so all this is typed in a demo's first start only; the simulator forgets names.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from embedded.processes.waiting import wait_for

READY_SECONDS = 120.0  # the bot waits for Postgres
COMMAND_SECONDS = 30.0
POLL_SECONDS = 0.2
GERMAN = "de"
FEW = 6  # streamers of the smaller server
Json = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """One server. `commands`: typed by its owner; {all} and {few} are logins, {role} and channels are names."""

    name: str
    welcome: str
    commands: tuple[str, ...] = ()


PLANS = (
    Plan(
        "Clip Club",
        "Welcome! Who goes live is told in #live, and what makes a chat erupt in #clips. Type /help to see what the bot"
        " can do, or /settings to see how this server has set it up.",
        (
            "/setchannel channel:#live",
            "/clips on:True rarity:0 early:True channel:#clips per_hour:60",
            "/addstreamer streamers:{all}",
        ),
    ),
    Plan(
        "Nachtschicht",
        "Hallo! Hier stehen nur ein paar Streams und jeden Tag die besten Momente. Was der Bot kann, sagt /help.",
        (
            "/language language:de",
            "/setchannel channel:#live role:@Live pings message:{{role}} {{name}} spielt {{game}}: {{title}} {{url}}",
            "/clips on:True rarity:0 early:False channel:#clips digest:daily",
            "/addstreamer streamers:{few}",
        ),
    ),
    Plan("First Steps", "Nobody has set up the bot here yet. Try /addstreamer, or /help."),
)


class Discord:
    """The simulator's control API."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=COMMAND_SECONDS, trust_env=False)

    def order(self, name: str, /, **fields: object) -> Json:
        """Give an order. Raises httpx.HTTPStatusError with the simulator's reason."""
        answer = self._http.post(f"/control/{name}", json=fields)
        if answer.is_error:
            raise httpx.HTTPStatusError(f"{name}: {answer.text}", request=answer.request, response=answer)
        return dict(answer.json())

    def servers(self) -> list[Json]:
        """Return all servers, in order."""
        return list(self._http.get("/control/guilds").raise_for_status().json())

    def has_bot(self) -> bool:
        """Return whether the bot is connected and its commands are known."""
        state = self._http.get("/control/state").raise_for_status().json()
        return bool(state["sessions"] and state["commands"])


def logins(twitch: str) -> dict[str, str]:
    """Return what {all} and {few} stand for: every channel, and some of those that speak German."""
    channels = httpx.get(f"{twitch}/control/state", timeout=COMMAND_SECONDS, trust_env=False).json()["channels"]
    german = [each["login"] for each in channels if each["language"] == GERMAN]
    return {
        "all": " ".join(each["login"] for each in channels),
        "few": " ".join((german + [each["login"] for each in channels])[:FEW]),
    }


def welcome(discord: Discord, server: Json, plan: Plan) -> None:
    """Let a server's owner say what it is for."""
    place = {"channel_id": server["channels"]["welcome"], "user_id": server["owner_id"]}
    discord.order("say", **place, content=plan.welcome)


def type_commands(discord: Discord, server: Json, plan: Plan, names: Mapping[str, str]) -> None:
    """Let the owner type the commands. Raises RuntimeError for one that the bot does not answer."""
    place = {"channel_id": server["channels"]["mods"], "user_id": server["owner_id"]}
    for command in plan.commands:
        text = command.format(**names)
        if not discord.order("command", **place, text=text)["answered"]:
            raise RuntimeError(f"the bot did not answer {text.split()[0]}")


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Furnish the servers; return 0."""
    parser = argparse.ArgumentParser(prog="python -m embedded.discord_servers", description=__doc__)
    parser.add_argument("--discord", required=True, help="address of the simulated Discord's control API")
    parser.add_argument("--twitch", required=True, help="address of the simulated Twitch")
    parser.add_argument("--done", required=True, type=Path, help="file that is written once the commands are typed")
    chosen = parser.parse_args(arguments)
    discord = Discord(chosen.discord)
    furnished = list(zip(discord.servers(), PLANS, strict=False))
    for server, plan in furnished:
        discord.order("change_guild", guild_id=server["guild_id"], name=plan.name)
    if not chosen.done.exists():
        wait_for("the bot is connected", discord.has_bot, READY_SECONDS, POLL_SECONDS)
        names = logins(chosen.twitch)
        for server, plan in furnished:
            welcome(discord, server, plan)
            type_commands(discord, server, plan, names)
        chosen.done.touch()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
