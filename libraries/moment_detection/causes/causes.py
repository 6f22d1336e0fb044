"""Find what, other than the stream's picture, made people write: one rule for each cause.

Each rule selects the messages that its cause explains. Report a cause when its messages explain at least half of the
chatters above baseline (`MomentWindow.explained_share`); a raid or gifts, which Twitch reports, need less.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from moment_detection.causes import patterns
from moment_detection.causes.copied_text import copied, raid_calls
from moment_detection.causes.moment_window import EXPLAINED_SHARE, MINIMUM_CHATTERS, MomentWindow
from moment_detection.causes.normalized_message import chatters_of
from moment_detection.causes.vocabulary import CAUSES, Vocabulary, load
from moment_detection.evidence.moment_context import MomentContext
from moment_detection.evidence.room_events import RoomEventKind

EVENT_EXPLAINED_SHARE = 0.3  # of the chatters above baseline, after a raid or gifts: a raid's people also chat
EVENT_SHARE = 0.25  # of the chatters above baseline whom a raid or gifts may have brought: enough to report it
RAID_SECONDS = 90  # at most from the raid to the crossing, if messages show it; later raiders count as regulars
SILENT_RAID_SECONDS = 45  # the same limit if no message shows the raid
RAID_VIEWERS = 5  # a smaller raid cannot cause a moment
RAIDERS_WRITE = 0.5  # at most this share of a raid's viewers writes
GIFT_SECONDS = 45  # at most from the gifts to the crossing; thanks come at once
GIFTS = 5  # fewer are everyday
GIFT_CHATTERS = 3  # who react to one gift, at most
MODE_SECONDS = 20  # from a changed rule to the crossing: people speak of it at once or not at all
MODE_TALK_SHARE = 0.15  # of all chatters in the window speak of the rule
EMOTE_ONLY_SHARE = 0.8  # of the messages contain an emote, once emote-only is on
GREETING_SECONDS = 1200  # from the stream's start: many begin with a waiting picture of ten minutes and more


class WeighedCause(NamedTuple):
    """A cause and the share, 0 to 1, of the chatters above baseline that it explains."""

    cause: str
    share: float


def find_causes(context: MomentContext, vocabulary: Vocabulary | None = None) -> list[str]:
    """Return a moment's causes, the one that explains most first; ties keep the order of RULES."""
    window = MomentWindow(context, vocabulary or load(CAUSES))
    found = [weighed for rule in RULES for weighed in rule(window)]
    if any(weighed.cause == "raid" for weighed in found):  # raiders copy their call, and greet
        found = [weighed for weighed in found if weighed.cause not in ("copypasta", "bots", "greetings")]
    return [weighed.cause for weighed in sorted(found, key=lambda weighed: -weighed.share)]


def _raid(window: MomentWindow) -> Iterator[WeighedCause]:
    if _amount(window, "raid", RAID_SECONDS) < RAID_VIEWERS:
        return
    messages = [*window.labelled("raid", "greetings"), *raid_calls(window.messages)]
    share = window.explained_share(messages, EVENT_EXPLAINED_SHARE)
    raiders = _amount(window, "raid", SILENT_RAID_SECONDS) * RAIDERS_WRITE * window.context.sampled_share
    if share is not None:
        yield WeighedCause("raid", share)
    elif raiders > EVENT_SHARE * window.above_baseline:
        yield WeighedCause("raid", EVENT_SHARE)


def _gifts(window: MomentWindow) -> Iterator[WeighedCause]:
    given = _amount(window, "gifts", GIFT_SECONDS)
    if given < GIFTS:
        return
    share = window.explained_share(window.labelled("gifts"), EVENT_EXPLAINED_SHARE)
    if share is not None:
        yield WeighedCause("gifts", share)
    elif given * GIFT_CHATTERS * window.context.sampled_share > EVENT_SHARE * window.above_baseline:
        yield WeighedCause("gifts", EVENT_SHARE)


def _amount(window: MomentWindow, kind: RoomEventKind, seconds: int) -> int:
    """Sum the amounts of the events of a kind from `seconds` before the crossing to the peak."""
    context = window.context
    since = context.crossed - seconds
    return sum(
        each.amount for each in context.room_events if each.kind == kind and since <= each.second <= context.peak
    )


def _commands(window: MomentWindow) -> Iterator[WeighedCause]:
    """Yield "giveaway", "vote" and "commands": what is written for a bot, or for somebody who counts."""
    messages, vocabulary = window.messages, window.vocabulary
    found = patterns.commands(messages, vocabulary)
    found["giveaway"] += patterns.raffle_entries(messages, window.all_messages, vocabulary)
    found["giveaway"] += window.labelled("giveaway")
    found["vote"] += patterns.votes(messages, vocabulary)
    for cause in ("giveaway", "vote", "commands"):
        share = window.explained_share(found[cause])
        if share is not None:
            yield WeighedCause(cause, share)


def _mode(window: MomentWindow) -> Iterator[WeighedCause]:
    """Yield "mode" after a rule of the chat changed, if one was lifted, or if messages speak of it or obey it."""
    crossed = window.context.crossed
    changes = [
        each
        for each in window.context.room_events
        if each.kind == "mode" and 0 <= crossed - each.second <= MODE_SECONDS  # a later one is the moderators' answer
    ]
    if not changes:
        return
    talk = len(chatters_of(window.labelled("mode"))) >= max(MODE_TALK_SHARE * len(window.chatters), MINIMUM_CHATTERS)
    emote_only = any(each.subject == "emote_only" and each.amount for each in changes)
    lifted = any(not each.amount for each in changes)
    if talk or lifted or (emote_only and _obeys_emote_only(window.context)):
        yield WeighedCause("mode", EXPLAINED_SHARE)


def _obeys_emote_only(context: MomentContext) -> bool:
    messages = [each for each in context.messages if each.second in context.window]
    return sum(each.has_twitch_emotes() for each in messages) >= EMOTE_ONLY_SHARE * len(messages)


def _greetings(window: MomentWindow) -> Iterator[WeighedCause]:
    context = window.context
    if not context.stream_started or context.crossed > context.stream_started + GREETING_SECONDS:
        return
    share = window.explained_share(window.labelled("greetings"))
    if share is not None:
        yield WeighedCause("greetings", share)


def _copied(window: MomentWindow) -> Iterator[WeighedCause]:
    """Yield "copypasta" or "bots"."""
    cause, messages = copied(window.messages)
    share = window.explained_share(messages)
    if share is not None:
        yield WeighedCause(cause, share)


RULES: tuple[Callable[[MomentWindow], Iterator[WeighedCause]], ...] = (
    _raid, _gifts, _commands, _mode, _greetings, _copied,
)  # fmt: skip
