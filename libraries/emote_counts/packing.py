"""Packs the uses of one emote: the seconds of a minute, and a day's hours.

Nine in ten used seconds have a single use, so that is what costs least. The rows of a whole minute are in
`minute_row.py`, the seconds and people of a day in `day_row.py`.
"""

from collections.abc import Iterable, Mapping, Sequence

from emote_counts.varint import PackingError, put, unpacked

SECONDS = 60  # of a minute
SEVERAL = 0x40  # marks a second with more than one use; how many follows
FULL = 255  # as much does not fit a byte of the hours
HOURS_OF = [  # the hours that each value of the three bytes means
    [tuple(8 * byte + bit for bit in range(8) if value >> bit & 1) for value in range(256)] for byte in range(3)
]
MOST_USES = 2**21 - 1  # of an emote in one second; more are counted as so many, and no chat has as many lines


def pack_seconds(uses: Iterable[tuple[int, int]]) -> bytes:
    """Pack a minute's pairs (second, uses), by ascending second: a byte each, more where there is more than one use."""
    out = bytearray()
    for second, number in uses:
        if number == 1:
            out.append(second)
        else:
            out.append(second | SEVERAL)
            put(out, min(number, MOST_USES) - 2)
    return bytes(out)


def unpack_seconds(data: bytes) -> list[tuple[int, int]]:
    """Return a minute's pairs (second, uses); raises PackingError for what `pack_seconds` never writes."""
    found: list[tuple[int, int]] = []
    place, end, last = 0, len(data), -1
    while place < end:
        second = data[place] & ~SEVERAL
        number, place = _uses(data, place)
        if not last < second < SECONDS:
            raise PackingError(f"second {second} cannot follow {last}")
        found.append((second, number))
        last = second
    return found


def _uses(data: bytes, place: int) -> tuple[int, int]:
    """Return the uses of the second at `place`, and where the next one is."""
    if not data[place] & SEVERAL:
        return 1, place + 1
    end = place + 1
    while end < len(data) and data[end] & 128:
        end += 1
    (number,) = unpacked(data[place + 1 : end + 1]) or (MOST_USES,)
    if number + 2 > MOST_USES:
        raise PackingError("more uses than any second has, or none")
    return number + 2, end + 1


def pack_hours(hours: Mapping[int, tuple[int, int]]) -> bytes:
    """Pack each used hour's uses and the people of its busiest minute.

    Three bytes say which hours these are; then a byte for each one's uses, and one for its people. What does not fit a
    byte follows at the end.
    """
    used = sorted(hours)
    columns = [[hours[hour][place] for hour in used] for place in (0, 1)]
    out = bytearray(sum(1 << hour for hour in used).to_bytes(3, "little"))
    for column in columns:
        out += bytes(min(number, FULL) for number in column)
    for number in columns[0] + columns[1]:
        if number >= FULL:
            put(out, number)
    return bytes(out)


def unpack_hours(data: bytes) -> dict[int, tuple[int, int]]:
    """Return uses and people of each used hour."""
    hours = HOURS_OF[0][data[0]] + HOURS_OF[1][data[1]] + HOURS_OF[2][data[2]]
    count = len(hours)
    uses: Sequence[int] = data[3 : 3 + count]
    people: Sequence[int] = data[3 + count : 3 + 2 * count]
    if len(data) > 3 + 2 * count:
        larger = iter(unpacked(data[3 + 2 * count :]))
        uses = [next(larger) if number == FULL else number for number in uses]
        people = [next(larger) if number == FULL else number for number in people]
    return dict(zip(hours, zip(uses, people, strict=True), strict=True))
