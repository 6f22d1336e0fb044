"""Packs the uses of one emote: the seconds of a minute, and a day's hours.

Nine in ten used seconds have a single use, so that is what costs least. The rows of a whole minute are in
`minute_row.py`, the seconds and people of a day in `day_row.py`.
"""

from collections.abc import Iterable, Mapping, Sequence

from emote_counts.varint import PackingError, put, unpacked

SECONDS = 60  # of a minute
HOURS = 24  # of a day
SEVERAL = 0x40  # marks a second with more than one use; how many follows
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
    """Pack each used hour's uses and the people of its busiest minute: three bytes say which hours these are."""
    out = bytearray(sum(1 << hour for hour in hours).to_bytes(3, "little"))
    for hour in sorted(hours):
        for number in hours[hour]:
            put(out, number)
    return bytes(out)


def unpack_hours(data: bytes) -> dict[int, tuple[int, int]]:
    """Return uses and people of each used hour."""
    used = int.from_bytes(data[:3], "little")
    numbers: Sequence[int] = unpacked(data[3:])
    hours = [hour for hour in range(HOURS) if used >> hour & 1]
    if len(numbers) != 2 * len(hours):
        raise PackingError(f"{len(numbers)} numbers are not two for each of {len(hours)} hours")
    return {hour: (numbers[2 * place], numbers[2 * place + 1]) for place, hour in enumerate(hours)}
