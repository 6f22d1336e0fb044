"""/settings: all of a server's settings in words."""

from collections.abc import Sequence

from discord_notices.messages.mentions import role, settings_page, text_channel
from discord_notices.messages.problems import paused_words
from discord_notices.messages.safe_text import cut, safe
from discord_notices.rules.guild import Guild, MomentChoice
from discord_notices.settings.words import AT_END, DIGESTS, rarity_words
from discord_notices.storage.guilds import Pause
from discord_notices.wording import LANGUAGES, _

MOST = 1900  # characters
MOST_SHOWN = 300


def overview(guild: Guild, pauses: Sequence[Pause], site_url: str = "") -> str:
    """Write all settings; where something is paused, why."""
    channel = text_channel(guild.text_channel_id) if guild.text_channel_id else _("not set: /setchannel")
    template = safe(guild.template, MOST_SHOWN) if guild.template else _("the bot's own words")
    language = LANGUAGES[guild.language] if guild.language else _("as Discord says")
    lines = [
        _("**Notices**: %(channel)s", channel=channel),
        _("Role that is mentioned: %(role)s", role=role(guild.role_id) if guild.role_id else _("none")),
        _("Message: %(template)s", template=template),
        _("At a stream's end: %(end)s", end=_(AT_END[guild.at_end])),
        _("Language: %(language)s", language=language),
        *moment_lines(guild),
        *(pause_line(each) for each in pauses),
    ]
    if site_url:
        lines.append(_("The same on the web: %(address)s", address=settings_page(site_url)))
    return cut("\n".join(lines), MOST)


def moment_lines(guild: Guild) -> list[str]:
    """Write which moments a server gets."""
    choice = guild.moments
    lines = [_("**Moments**: %(state)s", state=_("on") if choice.is_on else _("off (/clips turns them on)"))]
    if choice.is_on:
        lines += filter_lines(choice)
    if guild.moments_channel_id and guild.moments_channel_id != guild.text_channel_id:
        lines.append(_("Posted in %(channel)s", channel=text_channel(guild.moments_channel_id)))
    lines.append(_("Digest of the best: %(digest)s", digest=_(DIGESTS[choice.digest])))
    return lines


def filter_lines(choice: MomentChoice) -> list[str]:
    """Write how moments are chosen."""
    everything = _("all")
    return [
        _("Which: %(rarity)s", rarity=rarity_words(choice.least_seconds)),
        _(
            "Moods: %(moods)s; games: %(games)s",
            moods=", ".join(choice.moods) or everything,
            games=safe(", ".join(choice.games), MOST_SHOWN) or everything,
        ),
        _("Posted when the crowd erupts, and edited into the clip")
        if choice.is_early
        else _("Posted when there is a clip"),
        _("At most %(most)s an hour", most=choice.per_hour),
    ]


def pause_line(pause: Pause) -> str:
    """Say why a text channel is paused, and what to do."""
    return _(
        "⚠ Nothing is posted into %(channel)s: %(reason)s. Repair it, then /setchannel tries again.",
        channel=text_channel(pause.text_channel_id),
        reason=paused_words(pause.reason),
    )
