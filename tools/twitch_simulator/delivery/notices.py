"""Builds a room's events other than messages: raids, subscriptions, gifts, announcements, deletions."""

from random import Random
from typing import Any, Final
from uuid import UUID

from twitch_simulator.crowd.channels import Channel
from twitch_simulator.crowd.chatters import Chatter
from twitch_simulator.irc import irc_lines

USERNOTICES: Final = (
    *("raid", "sub", "resub", "subgift", "submysterygift", "announcement"),
    *("anonsubgift", "anonsubmysterygift", "viewermilestone"),
)
TEXTS: Final = {  # what a person writes beside it
    "resub": "still the best channel",
    "announcement": "Stream is on tomorrow too!",
    "viewermilestone": "ten in a row",
}
GIFTS_TO_MANY: Final = ("submysterygift", "anonsubmysterygift")
DELETIONS: Final = ("timeout", "ban", "clear", "delete")
KINDS: Final = USERNOTICES + DELETIONS
SYSTEM_TEXTS: Final = {
    "raid": "{amount} raiders from {name} have joined!",
    "sub": "{name} subscribed at Tier 1.",
    "resub": "{name} subscribed at Tier 1. They've subscribed for {amount} months!",
    "subgift": "{name} gifted a Tier 1 sub to {other}!",
    "submysterygift": "{name} is gifting {amount} Tier 1 Subs to the community!",
    "anonsubgift": "An anonymous user gifted a Tier 1 sub to {other}!",
    "anonsubmysterygift": "An anonymous user is gifting {amount} Tier 1 Subs!",
    "viewermilestone": "{name} watched {amount} consecutive streams!",
}
Values = dict[str, str | int]
PLAN: Final[Values] = {"sub-plan": "1000", "sub-plan-name": "Channel Subscription"}
PICTURE: Final = "https://static-cdn.jtvnw.net/jtv_user_pictures/%s-profile_image-70x70.png"
LastLine = tuple[str, Chatter, str]  # message id, chatter, text


def new_id(rng: Random) -> str:
    """Return a random UUID."""
    return str(UUID(int=rng.getrandbits(128), version=4))


def system_text(kind: str, who: Chatter, other: Chatter, amount: int) -> str:
    """Return what Twitch writes about a USERNOTICE."""
    return SYSTEM_TEXTS.get(kind, "").format(name=who.display_name, other=other.display_name, amount=amount)


def parameters(kind: str, who: Chatter, other: Chatter, amount: int, notice_id: str) -> Values:
    """Return the `msg-param-*` values of a USERNOTICE. `amount`: raiders, months or gifts."""
    months = max(1, who.subscriber_months)
    recipient: Values = {"recipient-display-name": other.display_name}
    recipient |= {"recipient-id": other.user_id, "recipient-user-name": other.login}
    match kind:
        case "raid":
            raider: Values = {"displayName": who.display_name, "login": who.login}
            return raider | {"profileImageURL": PICTURE % who.user_id, "viewerCount": amount}
        case "sub":
            return {"cumulative-months": 1, "months": 0, "should-share-streak": 0} | PLAN
        case "resub":
            return {"cumulative-months": amount, "months": 0, "should-share-streak": 1, "streak-months": months} | PLAN
        case "viewermilestone":
            return {"category": "watch-streak", "copoReward": 450, "id": notice_id, "value": amount}
        case "anonsubgift":
            return recipient | PLAN
        case "anonsubmysterygift":
            return {"mass-gift-count": amount, "sub-plan": "1000"}
        case "subgift":
            gift: Values = {"gift-months": 1, "months": months, "origin-id": notice_id}
            return gift | recipient | {"sender-count": amount} | PLAN
        case "submysterygift":
            return {"mass-gift-count": amount, "origin-id": notice_id, "sender-count": amount, "sub-plan": "1000"}
    return {"color": "PRIMARY"}


def user_notice(
    rng: Random, channel: Channel, kind: str, people: tuple[Chatter, Chatter], amount: int, sent_at: int
) -> tuple[str, dict[str, Any]]:
    """Return the line of a USERNOTICE and its row for notices.jsonl."""
    notice_id = new_id(rng)
    login, channel_id = channel.login, channel.channel_id
    line = irc_lines.usernotice(
        people[0],
        login=login,
        channel_id=channel_id,
        notice_id=notice_id,
        sent_at=sent_at,
        kind=kind,
        system_text=system_text(kind, *people, amount),
        parameters=parameters(kind, *people, amount, notice_id),
        text=TEXTS.get(kind, ""),
    )
    return line, {"notice_id": notice_id, "channel_id": channel_id, "sent_at": sent_at, "notice_type": kind}


def deletion(
    channel: Channel, kind: str, last: LastLine | None, seconds: int, sent_at: int
) -> tuple[str, dict[str, Any]] | None:
    """Return the line of a deletion and its row; None if there is no message to delete."""
    row: dict[str, Any] = {"channel_id": channel.channel_id, "sent_at": sent_at, "notice_type": kind}
    if kind == "clear":
        return irc_lines.clearchat(channel.login, channel.channel_id, sent_at), row
    if last is None:
        return None
    message_id, chatter, text = last
    if kind == "delete":
        line = irc_lines.clearmsg(channel.login, channel.channel_id, sent_at, chatter.login, message_id, text)
        return line, row | {"target_message_id": message_id}
    timeout = seconds if kind == "timeout" else 0
    line = irc_lines.clearchat(channel.login, channel.channel_id, sent_at, chatter, timeout)
    return line, row | {"target_user_id": chatter.user_id}


def draw_kind(rng: Random) -> tuple[str, int]:
    """Draw the kind and amount of a random event; a whole chat is rarely cleared."""
    kind = rng.choices(KINDS, (1, 8, 12, 6, 2, 2, 1, 0.5, 3, 5, 1, 0.1, 4))[0]
    return kind, {"raid": rng.randint(5, 900), **dict.fromkeys(GIFTS_TO_MANY, rng.choice((5, 10, 20, 50)))}.get(
        kind, rng.randint(1, 40)
    )
