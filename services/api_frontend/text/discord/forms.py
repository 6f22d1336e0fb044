"""The forms of a Discord server's settings: a form for each slash command, a field for each of its options."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from api_frontend.data.codes import mood_name
from api_frontend.reader import CURRENT
from api_frontend.translation import _
from contracts.moment_words import MOODS
from discord_notices.rules.followed import Followed
from discord_notices.rules.guild import AtEnd, Digest, Guild
from discord_notices.rules.places import Places
from discord_notices.settings.options import ChannelOptions, ClipOptions, FollowOptions
from discord_notices.settings.words import AT_END, DIGESTS, RARITIES, rarity_words
from discord_notices.settings.wrong_input import WrongInput
from discord_notices.wording import LANGUAGES, speaking
from discord_notices.wording import _ as bot_says

Fields = Mapping[str, str]  # what a form holds, by the options' names; a list of moods is separated by commas
ON, OFF = "1", "0"


@dataclass(frozen=True)
class Choice:
    """An entry of a list to choose from."""

    value: str
    text: str


def id_in(fields: Fields, name: str) -> int | None:
    """Read the id that was chosen; None for the first entry, which has none."""
    text = fields.get(name, "")
    if text and not (text.isascii() and text.isdecimal() and len(text) <= 19):
        raise WrongInput(_("This is no choice of that list."))
    return int(text) if text else None


def number_in(fields: Fields, name: str) -> int | None:
    """Read a number; None where the form has none."""
    text = fields.get(name, "").strip()
    if text and not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise WrongInput(_("Please type a whole number."))
    return int(text) if text else None


def is_empty(fields: Fields, name: str) -> bool:
    """Return whether a list's first entry was chosen: the server's own."""
    return fields.get(name) == ""


def flag_in(fields: Fields, name: str) -> bool | None:
    """Read a box; None where the form has none."""
    return fields[name] == ON if name in fields else None


def channel_options(fields: Fields) -> ChannelOptions:
    """Read what the form of /setchannel holds. Raises `WrongInput`, as the others do."""
    return ChannelOptions(
        text_channel_id=id_in(fields, "channel"),
        role_id=id_in(fields, "role"),
        takes_role_away=is_empty(fields, "role"),
        template=fields.get("message"),
        at_end=cast(AtEnd | None, fields.get("ending")),
    )


def clip_options(fields: Fields) -> ClipOptions:
    """Read what the form of /clips holds."""
    return ClipOptions(
        is_on=flag_in(fields, "on"),
        least_seconds=number_in(fields, "rarity"),
        moods=fields.get("moods"),
        games=fields.get("games"),
        text_channel_id=id_in(fields, "channel"),
        takes_channel_away=is_empty(fields, "channel"),
        is_early=flag_in(fields, "early"),
        per_hour=number_in(fields, "per_hour"),
        digest=cast(Digest | None, fields.get("digest")),
    )


def follow_options(fields: Fields) -> FollowOptions:
    """Read what the form of /addstreamer holds beside the streamers."""
    return FollowOptions(
        text_channel_id=id_in(fields, "channel"),
        takes_channel_away=is_empty(fields, "channel"),
        role_id=id_in(fields, "role"),
        takes_role_away=is_empty(fields, "role"),
        games=fields.get("games"),
        template=fields.get("message"),
    )


def guild_fields(guild: Guild) -> dict[str, dict[str, str]]:
    """Return what a server's forms hold, by command."""
    moments = guild.moments
    return {
        "setchannel": {
            "channel": text_of(guild.text_channel_id),
            "role": text_of(guild.role_id),
            "message": guild.template,
            "ending": guild.at_end,
        },
        "clips": {
            "on": ON if moments.is_on else OFF,
            "rarity": str(moments.least_seconds),
            "moods": ",".join(moments.moods),
            "games": ", ".join(moments.games),
            "channel": text_of(moments.text_channel_id),
            "early": ON if moments.is_early else OFF,
            "per_hour": str(moments.per_hour),
            "digest": moments.digest,
        },
        "language": {"language": guild.language},
        "addstreamer": {"streamers": "", "channel": "", "role": "", "games": "", "message": ""},
    }


def follow_fields(followed: Followed) -> dict[str, str]:
    """Return what the form of someone who is followed holds."""
    follow = followed.follow
    return {
        "streamers": f"id:{follow.channel_id}",
        "channel": text_of(follow.text_channel_id),
        "role": text_of(follow.role_id),
        "games": ", ".join(follow.games),
        "message": follow.template,
    }


def text_of(number: int | None) -> str:
    """Write an id; empty for none."""
    return str(number) if number is not None else ""


def fixed_choices(guild: Guild) -> dict[str, list[Choice]]:
    """Return the lists that are the same for every server, in the bot's own words."""
    with speaking(CURRENT.get().language):
        rarities = sorted({*RARITIES, guild.moments.least_seconds})
        return {
            "ending": [Choice(value, bot_says(text)) for value, text in AT_END.items()],
            "rarity": [Choice(str(seconds), rarity_words(seconds)) for seconds in rarities],
            "digest": [Choice(value, bot_says(text)) for value, text in DIGESTS.items()],
            "moods": [Choice(mood, mood_name(mood)) for mood in MOODS],
            "language": [
                Choice("", bot_says("As Discord says")),
                *(Choice(code, name) for code, name in LANGUAGES.items()),
            ],
        }


def channel_choices(places: Places, first: str, chosen: str) -> list[Choice]:
    """Return a server's text channels after the `first` entry, which is none; a chosen one that is gone is named so."""
    found = [
        Choice(
            str(each.text_channel_id),
            f"#{each.name}" if each.may_post else _("#%(name)s (the bot may not write there)", name=each.name),
        )
        for each in places.text_channels
    ]
    return with_gone([Choice("", first), *found], chosen, _("A channel that was deleted, or that the bot does not see"))


def role_choices(places: Places, first: str, chosen: str) -> list[Choice]:
    """Return a server's roles after the `first` entry, which is none; a chosen one that is gone is named so."""
    found = [Choice(str(each.role_id), f"@{each.name}") for each in places.roles]
    return with_gone([Choice("", first), *found], chosen, _("A role that was deleted"))


def with_gone(choices: Iterable[Choice], chosen: str, text: str) -> list[Choice]:
    """Add what is chosen and not in the list."""
    found = list(choices)
    return found if any(each.value == chosen for each in found) else [*found, Choice(chosen, text)]


def fields_in(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return a form's fields: a box comes after a hidden field that says it is empty, moods come one by one."""
    fields: dict[str, str] = {}
    for name, value in pairs:
        before = fields.get(name, "")
        fields[name] = f"{before},{value}" if before and value and name == "moods" else value or before
    return fields
