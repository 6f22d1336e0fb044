"""What a file says beside its messages, and what it does not say: nothing of it is guessed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from moment_detection.detection.channel_events import ChannelEvent

TWITCHS_OWN = "Twitch's own (subscriptions, gifts, raids)"
SHARED = "of another channel's chat (Shared Chat)"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


@dataclass
class Facts:
    """Found while a file is read. Numbers count messages that lack something.

    `form`: which program wrote it. `first_at`: seconds since 1970 (UTC, or local time if `is_local`) of the second that
    times count from; None where it is the video's start. `events`: raids, gifts and deletions, whose `sent_at`
    counts milliseconds from there.
    """

    form: str
    title: str | None = None
    channel: str | None = None
    video_id: str | None = None
    first_at: int | None = None
    is_local: bool = False
    untimed: int = 0
    textless: int = 0
    authorless: int = 0
    notices: int = 0
    relayed: int = 0
    other_lines: int = 0
    has_other_bytes: bool = False
    cut: str | None = None
    events: list[ChannelEvent] = field(default_factory=list)

    @property
    def counts_from_video(self) -> bool:
        """Return whether times are those of the video."""
        return self.first_at is None

    def note_other_bytes(self) -> None:
        """Note that the file is not all UTF-8."""
        self.has_other_bytes = True

    def since_first(self, second: int) -> float:
        """Return a second since 1970 as it counts from the first one."""
        if self.first_at is None:
            self.first_at = second
        return float(second - self.first_at)

    def note_event(self, t: float, name: str, subject: str = "", amount: int = 0) -> None:
        """Note a raid, gifts, or a moderator's deletion."""
        self.events.append(ChannelEvent(int(t * 1000), "notice", name, subject, amount))

    def sentences(self) -> Iterator[str]:
        """Yield what is missing, a sentence each."""
        if self.cut:
            yield self.cut
        if self.first_at is not None:
            yield f"times count from {self.first_text()}: when the video begins is not said (--start, --offset)"
        for count, one, many in (
            (self.untimed, "has no time that can be read and is", "have no time that can be read and are"),
            (self.textless, "has no text and is", "have no text and are"),
            (self.notices, f"is {TWITCHS_OWN} and is", f"are {TWITCHS_OWN} and are"),
            (self.relayed, f"is {SHARED} and is", f"are {SHARED} and are"),
        ):
            if count:
                yield f"{_counted(count, 'message')} {one if count == 1 else many} left out"
        if self.authorless:
            has = "has" if self.authorless == 1 else "have"
            yield f"{_counted(self.authorless, 'message')} {has} no author: all such count as one person's"
        if self.other_lines:
            are = "is no message" if self.other_lines == 1 else "are no messages"
            yield f"{_counted(self.other_lines, 'line')} {are} (joins, bans, notices) and left out"
        if self.has_other_bytes:
            yield "some bytes are not UTF-8: those characters are shown as \N{REPLACEMENT CHARACTER}"

    def first_text(self) -> str:
        """Write the time that is counted from."""
        when = datetime.fromtimestamp(self.first_at or 0, UTC)
        return f"{when:%Y-%m-%d %H:%M:%S} ({'the time of the computer that wrote it' if self.is_local else 'UTC'})"
