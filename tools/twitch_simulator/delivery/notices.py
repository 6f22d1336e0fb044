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
PLAN: Final[dict[str, str | int]] = {"sub-plan": "1000", "sub-plan-name": "Channel Subscription"}
PICTURE: Final = "https://static-cdn.jtvnw.net/jtv_user_pictures/%s-profile_image-70x70.png"
LastLine = tuple[str, Chatter, str]  # message id, chatter, text


def new_id(rng: Random) -> str:
    """Return a random UUID."""
    return str(UUID(int=rng.getrandbits(128), version=4))


def parameters(
    kind: str, who: Chatter, other: Chatter, amount: int, notice_id: str
) -> tuple[str, dict[str, str | int]]:
    """Return the text and the `msg-param-*` values of a USERNOTICE. `amount`: raiders, months or gifts."""
    name = who.display_name
    months = max(1, who.subscriber_months)
    recipient: dict[str, str | int] = {"recipient-display-name": other.display_name}
    recipient |= {"recipient-id": other.user_id, "recipient-user-name": other.login}
    match kind:
        case "raid":
            values: dict[str, str | int] = {"displayName": name, "login": who.login}
            values |= {"profileImageURL": PICTURE % who.user_id, "viewerCount": amount}
            return f"{amount} raiders from {name} have joined!", values
        case "sub":
            base: dict[str, str | int] = {"cumulative-months": 1, "months": 0, "should-share-streak": 0}
            return f"{name} subscribed at Tier 1.", base | PLAN
        case "resub":
            base = {"cumulative-months": amount, "months": 0, "should-share-streak": 1, "streak-months": months}
            return f"{name} subscribed at Tier 1. They've subscribed for {amount} months!", base | PLAN
        case "viewermilestone":
            milestone: dict[str, str | int] = {"category": "watch-streak", "copoReward": 450, "id": notice_id}
            return f"{name} watched {amount} consecutive streams!", milestone | {"value": amount}
        case "anonsubgift":
            return f"An anonymous user gifted a Tier 1 sub to {other.display_name}!", recipient | PLAN
        case "anonsubmysterygift":
            return f"An anonymous user is gifting {amount} Tier 1 Subs!", {
                "mass-gift-count": amount,
                "sub-plan": "1000",
            }
        case "subgift":
            base = {"gift-months": 1, "months": months, "origin-id": notice_id, **recipient}
            text = f"{name} gifted a Tier 1 sub to {other.display_name}!"
            return text, base | {"sender-count": amount} | PLAN
        case "submysterygift":
            gifts: dict[str, str | int] = {"mass-gift-count": amount, "origin-id": notice_id, "sender-count": amount}
            return f"{name} is gifting {amount} Tier 1 Subs to the community!", gifts | {"sub-plan": "1000"}
        case _:
            return "", {"color": "PRIMARY"}


def user_notice(
    rng: Random, channel: Channel, kind: str, people: tuple[Chatter, Chatter], amount: int, sent_at: int
) -> tuple[str, dict[str, Any]]:
    """Return the line of a USERNOTICE and its row for notices.jsonl."""
    notice_id = new_id(rng)
    system_text, values = parameters(kind, *people, amount, notice_id)
    login, channel_id = channel.login, channel.channel_id
    line = irc_lines.usernotice(
        people[0],
        login=login,
        channel_id=channel_id,
        notice_id=notice_id,
        sent_at=sent_at,
        kind=kind,
        system_text=system_text,
        parameters=values,
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
