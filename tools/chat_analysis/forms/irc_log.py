"""Logs of lines: raw IRC with Twitch's tags (justlog, rustlog), justlog's text, and Chatterino's."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from chat_analysis.forms import irc_line
from chat_analysis.forms.batch import ForeignMessage
from chat_analysis.forms.facts import Facts

RAW_FORM, TEXT_FORM, CHATTERINO_FORM = "IRC with tags (justlog, rustlog)", "a text log (justlog, rustlog)", "Chatterino"
DATED = re.compile(r"\[(\d{4}-\d\d-\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.\d+)?Z?\] (?:#(\w+) )?(\w+): (.*)", re.DOTALL)
CLOCK = re.compile(r"\[(\d\d):(\d\d):(\d\d)\] (?:\S* )?(\w+): (.*)", re.DOTALL)
OPENING = re.compile(r"# Start logging at (\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d")
FIRST_DAY = date(1970, 1, 1).toordinal()
DAY_SECONDS = 86_400


def form_of(lines: list[str]) -> str | None:
    """Return the form of a log by some of its lines; None if it is no log."""
    for line in lines:
        for form, pattern in (
            (RAW_FORM, irc_line.LINE),
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
        if found := irc_line.LINE.match(line):
            message = irc_line.message_of(found, facts)
        elif (found := DATED.match(line)) and (begin := _day_second(found[1])):
            _, hours, minutes, seconds, channel, name, text = found.groups()
            facts.channel = facts.channel or channel
            message = ForeignMessage(facts.since_first(begin + _clock(hours, minutes, seconds)), name, text)
        elif found := CLOCK.match(line):
            hours, minutes, seconds, name, text = found.groups()
            facts.is_local = True
            message = ForeignMessage(facts.since_first(day.at(_clock(hours, minutes, seconds))), name, text)
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


@lru_cache(maxsize=8)
def _day_second(text: str) -> int:
    """Return the second at which a day begins; 0 if there is no such day."""
    try:
        return (date.fromisoformat(text).toordinal() - FIRST_DAY) * DAY_SECONDS
    except ValueError:
        return 0


def _clock(hours: str, minutes: str, seconds: str) -> int:
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)
