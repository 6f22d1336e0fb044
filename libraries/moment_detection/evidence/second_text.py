"""The text kept of one second: its messages and, behind SECTION, its moderators' deletions."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from moment_detection.detection.channel_events import DELETIONS, ChannelEvent, parse_events
from moment_detection.evidence.chat_message import ChatMessage, parse_messages

SECTION = "\x1d"  # between messages and deletions
WHOLE_CHAT = ""  # in place of a chatter: everybody's messages were cleared


def second_text(pieces: str | None, events: Iterable[ChannelEvent], raw_events: str | None) -> str:
    """Join one second's messages and deletions into the text to keep; empty if it has neither."""
    if raw_events and any(event.name in DELETIONS for event in events):
        return (pieces or "") + SECTION + raw_events
    return pieces or ""


def message_pieces(text: str) -> str:
    """Return the messages' part of a second's text."""
    return text.partition(SECTION)[0]


class Deletions(NamedTuple):
    """What moderators removed. `cleared`: chatter (or WHOLE_CHAT) to the second of the last clearing."""

    message_ids: set[str]
    cleared: dict[str, int]

    def include(self, message: ChatMessage) -> bool:
        """Return whether a message was removed; a clearing removes what was written before it, not after."""
        if message.message_id in self.message_ids:
            return True
        cleared_at = max(self.cleared.get(WHOLE_CHAT, 0), self.cleared.get(message.chatter, 0))
        return message.second <= cleared_at


def undeleted_messages(texts: Sequence[tuple[int, str]]) -> Iterator[ChatMessage]:
    """Yield the messages of (second, text) that no moderator deleted, in order."""
    deletions = _deletions(texts)
    nothing_deleted = not deletions.message_ids and not deletions.cleared
    for second, text in texts:
        for message in parse_messages(second, message_pieces(text)):
            if nothing_deleted or not deletions.include(message):
                yield message


def _deletions(texts: Iterable[tuple[int, str]]) -> Deletions:
    deletions = Deletions(set(), {})
    for second, text in texts:
        if SECTION not in text:
            continue
        for event in parse_events(text.partition(SECTION)[2]):
            if event.name == "message_deleted":
                deletions.message_ids.add(event.subject)
            elif event.name == "chatter_cleared":
                deletions.cleared[event.subject] = second
            elif event.name == "chat_cleared":
                deletions.cleared[WHOLE_CHAT] = second
    return deletions
