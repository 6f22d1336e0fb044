"""What the detector reports: revisions of moments, confirmed peaks and minutes. Times are seconds since 1970."""

from typing import NamedTuple

RAISED, PEAKED, CLOSED = 1, 2, 3


class Revision(NamedTuple):
    """The state of a moment. `crossed`, `peak` and `at` are the seconds of the crossing, the peak and this revision.

    `window_*` belong to the 7 s window at the peak, `expected` is the number of chatters in an ordinary window,
    `usual_*` are the baseline's means per second. The curve's lists start with the second `curve_from`. The texts from
    `texts_from` to `texts_until`, both inclusive, are evidence. `clip`: the hourly rate allows a clip. `detector`: the
    name of the rules that raised it.
    """

    number: int
    crossed: int
    peak: int
    at: int
    score: float
    window_messages: int
    window_chatters: int
    expected: float
    usual_messages: float
    usual_chatters: float
    curve_from: int
    messages: list[int]
    chatters: list[int]
    covered: list[int]
    texts_from: int
    texts_until: int
    stream_id: str
    stream_started_at: int
    biggest_in_seconds: int | None
    clip: bool
    detector: str
    shadow: bool


class ConfirmedPeak(NamedTuple):
    """A peak confirmed at the end of `at`, moment or not. `crossed`: the crossing of its moment, 0 if it has none."""

    at: int
    peak: int
    score: float
    window_chatters: int
    expected: float
    usual_messages: float
    crossed: int
    first: bool  # of its moment
    clip: bool


class Minute(NamedTuple):
    """Sixty seconds of counts, starting with the second `minute`; minutes without messages are not reported."""

    minute: int
    messages: list[int]
    chatters: list[int]


Output = Revision | ConfirmedPeak | Minute
