"""What the detector says: a revision of a moment, a peak, or a minute. Seconds are whole seconds since 1970."""

from typing import NamedTuple

RAISED, PEAKED, CLOSED = 1, 2, 3


class Revision(NamedTuple):
    """A moment so far. `crossed`, `peak` and `at` name the seconds of the crossing, the peak and this revision.

    `window_*` are of the 7 s window at the peak, `expected` the people of an ordinary window, `usual_*` the baseline's
    means a second. The curve's lists begin with the second `curve_from`. Texts of the seconds `texts_from` to
    `texts_until`, both inclusive, are evidence. `clip`: the rate lets it become a clip. `detector`: the name of the
    rules that raised it.
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


class Height(NamedTuple):
    """A peak that has held at the end of `at`, moment or not. `crossed`: of the moment whose peak it is, 0 if none."""

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
    """Sixty seconds of counts from the second `minute` on; only minutes with messages are told."""

    minute: int
    messages: list[int]
    chatters: list[int]


Emission = Revision | Height | Minute
