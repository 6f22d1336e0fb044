"""What the detector says: a revision of a moment, or a minute of counts. Seconds are whole seconds since 1970."""

from typing import NamedTuple

RAISED, PEAKED, CLOSED = 1, 2, 3


class Revision(NamedTuple):
    """A moment so far. `crossed`, `peak` and `at` name the seconds of the crossing, the peak and this revision.

    `window_*` are sums over the covered seconds of the 7 s window at the peak, `usual_*` the baseline's means a
    second. The curve's lists begin with the second `curve_from`. Texts of the seconds `texts_from` to
    `texts_until`, both inclusive, are evidence.
    """

    number: int
    crossed: int
    peak: int
    at: int
    score: float
    window_messages: int
    window_chatters: int
    window_covered: int
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


class Minute(NamedTuple):
    """Sixty seconds of counts from the second `minute` on; only minutes with messages are told."""

    minute: int
    messages: list[int]
    chatters: list[int]


Emission = Revision | Minute
