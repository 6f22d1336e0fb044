"""Reads what people type: names, lists, games, templates. Raises `WrongInput` with what to type instead."""

import re

from contracts.channel_names import ChannelName, parse_channel
from contracts.moment_words import MOODS
from discord_notices.messages.safe_text import safe
from discord_notices.messages.template import field_list, unknown_fields
from discord_notices.rules.guild import MOST_GAMES, MOST_TEMPLATE
from discord_notices.settings.twitch import TwitchNames
from discord_notices.settings.wrong_input import WrongInput
from discord_notices.wording import _

MOST_NAMES = 100  # of one command: a request to Twitch
SHOWN = 200  # characters of what was typed, in an answer
DEFAULT, ALL = "default", "all"  # typed to go back to the server's own words, and to every game or mood


def names_in(text: str) -> list[ChannelName]:
    """Read logins, addresses or ids, separated by commas, spaces or lines."""
    names: dict[ChannelName, None] = {}
    wrong = []
    for part in re.split(r"[,\s]+", text.strip()):
        try:
            names[parse_channel(part)] = None
        except ValueError:
            wrong.append(part)
    if wrong:
        raise WrongInput(
            _(
                "This is no Twitch channel: %(names)s. Type the last part of twitch.tv/NAME.",
                names=safe(", ".join(wrong), SHOWN) or "–",
            )
        )
    if len(names) > MOST_NAMES:
        raise WrongInput(_("At most %(most)s streamers at once, please.", most=MOST_NAMES))
    return list(names)


def template_in(text: str) -> str:
    """Read a message's template; `default` is an empty one."""
    if text.strip().lower() == DEFAULT:
        return ""
    template = text.strip().replace("\\n", "\n").replace("\r\n", "\n")  # a form of the web has CR and LF
    if unknown := unknown_fields(template):
        raise WrongInput(
            _(
                "There is no field %(fields)s. The fields are:",
                fields=safe(", ".join(f"{{{each}}}" for each in unknown), SHOWN),
            )
            + f"\n{field_list()}"
        )
    if len(template) > MOST_TEMPLATE:
        raise WrongInput(_("A message may have at most %(most)s characters.", most=MOST_TEMPLATE))
    return template


async def games_in(twitch: TwitchNames | None, text: str) -> list[str]:
    """Read a list of games and return them as Twitch writes them; `all` is no filter."""
    wanted = [each.strip() for each in text.split(",") if each.strip()]
    if not wanted or [each.lower() for each in wanted] == [ALL]:
        return []
    if len(wanted) > MOST_GAMES:
        raise WrongInput(_("At most %(most)s games, please.", most=MOST_GAMES))
    if twitch is None:
        return wanted
    found = {game.casefold(): game for game in await twitch.games(wanted)}
    missing = [each for each in wanted if each.casefold() not in found]
    if missing:
        raise WrongInput(_("Twitch knows no game of this name: %(games)s.", games=safe(", ".join(missing), SHOWN)))
    return [found[each.casefold()] for each in wanted]


def moods_in(text: str) -> list[str]:
    """Read a list of moods; `all` is no filter."""
    wanted = [each.strip().lower() for each in text.split(",") if each.strip()]
    if wanted == [ALL]:
        return []
    if unknown := [each for each in wanted if each not in MOODS]:
        raise WrongInput(
            _(
                "There is no mood %(moods)s. The moods are: %(known)s.",
                moods=safe(", ".join(unknown), SHOWN),
                known=", ".join(MOODS),
            )
        )
    return wanted
