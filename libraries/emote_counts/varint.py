"""Whole numbers in as few bytes as they need: seven bits a byte, the lowest first, the eighth says that more follow."""

from collections.abc import Iterable

LONGEST_BITS = 35  # no number here needs more than five bytes


class PackingError(ValueError):
    """Packed bytes cannot be read; the text says why."""


def put(out: bytearray, number: int) -> None:
    """Append a number that is not negative."""
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)


def packed(numbers: Iterable[int]) -> bytes:
    """Pack numbers one behind the other."""
    out = bytearray()
    for number in numbers:
        put(out, number)
    return bytes(out)


def unpacked(data: bytes) -> list[int]:
    """Return all numbers; raises PackingError where the last one is cut off, or one is too long."""
    found: list[int] = []
    number = shift = 0
    for byte in data:
        if byte < 128 and not shift:  # most are short
            found.append(byte)
            continue
        number |= (byte & 127) << shift
        if byte < 128:
            found.append(number)
            number = shift = 0
        else:
            shift += 7
            if shift >= LONGEST_BITS:
                raise PackingError("a number has more than five bytes")
    if shift:
        raise PackingError("a number is cut off")
    return found
