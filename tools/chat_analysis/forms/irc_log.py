"""Logs of lines: raw IRC with Twitch's tags (justlog, rustlog), justlog's text, and Chatterino's."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

import msgspec

from chat_analysis.forms.batch import ForeignMessage
from chat_analysis.forms.chat_downloader import places
from chat_analysis.forms.facts import Facts
from contracts.chat_messages import Emote

RAW_FORM, TEXT_FORM, CHATTERINO_FORM = "IRC with tags (justlog, rustlog)", "a text log (justlog, rustlog)", "Chatterino"
RAW = re.compile(r"(?:@(\S+) )?:(\w+)!\S+ PRIVMSG #(\w+) :(.*)", re.DOTALL)
SENT_AT = re.compile(r"(?:^|;)(?:tmi-sent-ts|rm-received-ts)=(\d{12,14})(?:;|$)")
USER_ID = re.compile(r"(?:^|;)user-id=([^;]+)")
EMOTES = re.compile(r"(?:^|;)emotes=([^;]+)")
ACTION = re.compile("\x01ACTION (.*?)\x01?", re.DOTALL)
DATED = re.compile(r"\[(\d{4}-\d\d-\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.\d+)?Z?\] (?:#(\w+) )?(\w+): (.*)", re.DOTALL)
CLOCK = re.compile(r"\[(\d\d):(\d\d):(\d\d)\] (?:\S* )?(\w+): (.*)", re.DOTALL)
OPENING = re.compile(r"# Start logging at (\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d")
FIRST_DAY = date(1970, 1, 1).toordinal()
DAY_SECONDS = 86_400
_encode = msgspec.json.Encoder().encode


def form_of(lines: list[str]) -> str | None:
    """Return the form of a log by some of its lines; None if it is no log."""
    for line in lines:
        for form, pattern in (
            (RAW_FORM, RAW),
            (TEXT_FORM, DATED),
            (CHATTERINO_FORM, CLOCK),
            (CHATTERINO_FORM, OPENING),
        ):
            if pattern.match(line):
                return form
    return None


def read(lines: Iterator[str], facts: Facts) -> Iterator[ForeignMessage]:
    """Yield a log's messages; other lines, and those without a time, are counted."""
    day = _Day()
    for line in lines:
        if found := RAW.match(line):
            message = _raw_message(found, facts)
        elif found := DATED.match(line):
            date_text, hours, minutes, seconds, channel, name, text = found.groups()
            facts.channel = facts.channel or channel
            at = _day_second(date_text) + _clock(hours, minutes, seconds)
            message = ForeignMessage(_since_first(at, facts), name, text)
        elif found := CLOCK.match(line):
            hours, minutes, seconds, name, text = found.groups()
            facts.is_local = True
            message = ForeignMessage(_since_first(day.at(_clock(hours, minutes, seconds)), facts), name, text)
        else:
            message = None
            if opening := OPENING.match(line):
                day.begin(_day_second(opening[1]))
            elif line.strip() and not line.startswith("#"):
                facts.other_lines += 1
        if message:
            yield message


class _Day:
    """The day of clock times: the log's opening says it, and a clock that goes back by hours has passed midnight."""

    def __init__(self) -> None:
        self._begin = self._last = 0

    def begin(self, second: int) -> None:
        """Go to the day that begins at `second`."""
        self._begin, self._last = second, 0

    def at(self, clock: int) -> int:
        """Return the second since 1970 of a clock time."""
        if clock < self._last - DAY_SECONDS // 2:
            self._begin += DAY_SECONDS
        self._last = clock
        return self._begin + clock


def _raw_message(found: "re.Match[str]", facts: Facts) -> ForeignMessage | None:
    tags, name, channel, text = found.groups()
    facts.channel = facts.channel or channel
    sent_at = SENT_AT.search(tags or "")
    if not sent_at:
        facts.untimed += 1
        return None
    if action := ACTION.fullmatch(text):
        text = action[1]
    milliseconds = int(sent_at[1])
    t = _since_first(milliseconds // 1000, facts) + milliseconds % 1000 / 1000
    user_id, emotes = USER_ID.search(tags), EMOTES.search(tags)
    return ForeignMessage(t, user_id[1] if user_id else name, text, _emotes(emotes[1]) if emotes else "")


def _emotes(tag: str) -> str:
    """Return the emotes of a tag: "25:0-4,12-16/1902:6-10"."""
    emotes = [
        Emote("twitch", emote_id, *place)
        for part in tag.split("/")
        for emote_id, _, written in (part.partition(":"),)
        for place in places(written)
    ]
    return _encode(emotes).decode() if emotes else ""


def _since_first(second: int, facts: Facts) -> float:
    if facts.first_at is None:
        facts.first_at = second
    return float(second - facts.first_at)


@lru_cache(maxsize=8)
def _day_second(text: str) -> int:
    try:
        return (date.fromisoformat(text).toordinal() - FIRST_DAY) * DAY_SECONDS
    except ValueError:
        return 0


def _clock(hours: str, minutes: str, seconds: str) -> int:
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)
