"""A recap's moments as lists that editing programs and video sites read: ranges of the recording, clip start to end."""

from collections.abc import Callable, Sequence

from api_frontend.data.recaps.recap import Recap
from api_frontend.data.stored_moment import StoredMoment
from api_frontend.text.lead import lead, numbers
from api_frontend.text.recap.night_words import peak_address
from api_frontend.text.recording import LEAD_MS
from emote_counts.reading import milliseconds
from highlight_exports.chapters import chapters
from highlight_exports.edl import cut_list, marker_list
from highlight_exports.frame_rate import FrameRate
from highlight_exports.premiere import sequence_xml
from highlight_exports.ranges import Range, placed
from highlight_exports.tables import csv_table, json_document

TAIL_MS = 5_000  # of a moment that names no clip range, after its peak
Writer = Callable[[Sequence[Range], FrameRate, str, str], str]  # ranges, rate, title, the video's file
FORMATS: dict[str, tuple[str, str, Writer]] = {  # by name: the file's ending, its media type, and what writes it
    "chapters": ("txt", "text/plain", lambda ranges, _rate, _title, _video: chapters(ranges)),
    "csv": ("csv", "text/csv", lambda ranges, rate, _title, _video: csv_table(ranges, rate)),
    "json": ("json", "application/json", lambda ranges, rate, title, _video: json_document(ranges, rate, title)),
    "edl": ("edl", "text/plain", lambda ranges, rate, title, video: cut_list(ranges, rate, title, video)),
    "markers": ("edl", "text/plain", lambda ranges, rate, title, _video: marker_list(ranges, rate, title)),
    "xml": ("xml", "application/xml", lambda ranges, rate, title, video: sequence_xml(ranges, rate, title, video)),
}


def range_of(recap: Recap, moment: StoredMoment) -> Range:
    """Return a moment as a part of the stream: what a clip of it shows."""
    document, begin = moment.document, milliseconds(recap.stream.started_at)
    from_at = document.clip_from_at if document.clip_from_at is not None else document.crossed_at - LEAD_MS
    until_at = document.clip_until_at if document.clip_until_at is not None else document.peak_at + TAIL_MS
    return Range(
        title=lead(document),
        start=(from_at - begin) / 1000,
        end=(until_at - begin) / 1000,
        peak=(document.peak_at - begin) / 1000,
        note=numbers(document),
        mood=document.mood,
        score=document.score,
        link=peak_address(recap, moment),
    )


def ranges_of(recap: Recap, moments: Sequence[StoredMoment], offset: float) -> list[Range]:
    """Return the moments as parts of the recording, which begins `offset` seconds before the stream, or after it."""
    return placed((range_of(recap, each) for each in moments), offset)
