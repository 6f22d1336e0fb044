"""Edit decision lists (CMX 3600): the ranges cut one after the other, or as markers on DaVinci Resolve's time line."""

from collections.abc import Iterator, Sequence

from highlight_exports.frame_rate import DAY_HOURS, FrameRate
from highlight_exports.ranges import ExportError, Range, file_name, one_line

MOST_EVENTS = 999  # an event's number has three digits
TITLE_LIMIT = 70  # characters
BEGINS_AT_HOUR = 1  # time lines begin at 01:00:00:00 by custom, and in Resolve unless told otherwise
LINE = "\r\n"
COLOURS = {  # of Resolve's markers
    "laughter": "Yellow",
    "hype": "Green",
    "awe": "Cyan",
    "dismay": "Sand",
    "sadness": "Sky",
    "anger": "Red",
    "love": "Pink",
    "fear": "Purple",
    "confusion": "Lavender",
}
OTHER_COLOUR = "Blue"


def cut_list(ranges: Sequence[Range], rate: FrameRate, title: str, video: str) -> str:
    """Return a list that cuts the ranges of `video` (its file's name or path) together, with a locator at each peak."""
    at, events = rate.frame_of_hour(BEGINS_AT_HOUR), list[str]()
    for number, each in enumerate(ranges, 1):
        first, last = rate.frame_at(each.start), rate.frame_at(each.end)
        until = at + last - first
        peak = at + min(max(rate.frame_at(each.peak), first), last - 1) - first
        events += [
            _event(number, "AX", "AA/V", _timecodes(rate, first, last, at, until)),
            f"* FROM CLIP NAME: {file_name(video)}",
            f"* LOC: {rate.timecode(peak)} RED     {one_line(each.title)}",
        ]
        at = until
    return _document(ranges, rate, title, events)


def marker_list(ranges: Sequence[Range], rate: FrameRate, title: str) -> str:
    """Return a list of markers for a time line that begins with the recording: one for each range, as long as it."""
    begin, events = rate.frame_of_hour(BEGINS_AT_HOUR), list[str]()
    for number, each in enumerate(ranges, 1):
        first = begin + rate.frame_at(each.start)
        frames = rate.frame_at(each.end) - rate.frame_at(each.start)
        colour = COLOURS.get(each.mood or "", OTHER_COLOUR)
        events += [
            _event(number, "001", "V", _timecodes(rate, first, first + 1, first, first + 1)),
            f"{_note(each.note)} |C:ResolveColor{colour} |M:{_field(each.title) or 'Highlight'} |D:{frames}",
            "",
        ]
    return _document(ranges, rate, title, events)


def _event(number: int, reel: str, channels: str, timecodes: Iterator[str]) -> str:
    return f"{number:03}  {reel:<8} {channels:<5} C        {' '.join(timecodes)}"


def _timecodes(rate: FrameRate, *frames: int) -> Iterator[str]:
    """Yield source in, source out, record in, record out."""
    for frame in frames:
        if frame >= rate.frame_of_hour(DAY_HOURS):
            raise ExportError(
                f"an EDL counts {DAY_HOURS} hours, and this reaches {rate.timecode(frame)}: take the XML for Premiere"
            )
        yield rate.timecode(frame)


def _field(text: str) -> str:
    """Return a text that does not end a marker's field."""
    return one_line(text.replace("|", "/"))


def _note(text: str) -> str:
    """Return a note that no reader takes for an event: those begin with a digit."""
    note = _field(text)
    return f"({note})" if note[:1].isdigit() else note


def _document(ranges: Sequence[Range], rate: FrameRate, title: str, events: list[str]) -> str:
    if len(ranges) > MOST_EVENTS:
        raise ExportError(f"an EDL holds {MOST_EVENTS} events, and here are {len(ranges)}: take the XML for Premiere")
    kind = "DROP FRAME" if rate.drop else "NON-DROP FRAME"
    return LINE.join([f"TITLE: {one_line(title, TITLE_LIMIT)}", f"FCM: {kind}", "", *events, ""])
