"""Final Cut Pro 7's XML (xmeml 5), which Premiere, Resolve and others import: the ranges cut together, with markers."""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring  # nosec B405

from highlight_exports.frame_rate import FrameRate
from highlight_exports.ranges import Range, file_name, one_line

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n'
AUDIO_CHANNELS = 2
WIDTH, HEIGHT = 1920, 1080  # Twitch's source mostly; the program asks where the file's own size differs
FILE_ID = "file-1"


class Cut(NamedTuple):
    """A range in frames: `first` to `last` of the recording, from `start` to `end` on the time line."""

    range: Range
    first: int
    last: int
    start: int
    end: int


def sequence_xml(ranges: Sequence[Range], rate: FrameRate, title: str, video: str) -> str:
    """Return a sequence of the ranges of `video` (its file's name or path) with picture and sound."""
    cuts = _cuts(ranges, rate)
    length = cuts[-1].end if cuts else 0
    xmeml = Element("xmeml", version="5")
    sequence = SubElement(xmeml, "sequence", id="sequence-1")
    _texts(sequence, name=one_line(title), duration=length)
    _add_rate(sequence, rate)
    _add_timecode(sequence, rate)
    media = SubElement(sequence, "media")
    picture = SubElement(media, "video")
    _add_picture_format(picture, rate)
    tracks = [SubElement(picture, "track")]
    sound = SubElement(media, "audio")
    tracks += [SubElement(sound, "track") for _ in range(AUDIO_CHANNELS)]
    source_length = max((cut.last for cut in cuts), default=0)
    for number, cut in enumerate(cuts, 1):
        for channel, track in enumerate(tracks):
            item = _add_clip(track, cut, number, channel, rate, video)
            _add_file(item, rate, video, source_length, is_first=number == 1 and channel == 0)
            _add_links(item, number, channel)
    for cut in cuts:
        _add_marker(sequence, cut, rate)
    indent(xmeml, " ")
    return HEAD + tostring(xmeml, encoding="unicode") + "\n"


def _cuts(ranges: Sequence[Range], rate: FrameRate) -> list[Cut]:
    cuts, at = list[Cut](), 0
    for each in ranges:
        first, last = rate.frame_at(each.start), rate.frame_at(each.end)
        cuts.append(Cut(each, first, last, at, at + last - first))
        at += last - first
    return cuts


def _texts(parent: Element, **texts: object) -> None:
    for name, value in texts.items():
        SubElement(parent, name).text = str(value)


def _yes(value: bool) -> str:
    return "TRUE" if value else "FALSE"


def _add_rate(parent: Element, rate: FrameRate) -> None:
    _texts(SubElement(parent, "rate"), timebase=rate.timebase, ntsc=_yes(rate.is_ntsc))


def _add_timecode(parent: Element, rate: FrameRate) -> None:
    timecode = SubElement(parent, "timecode")
    _add_rate(timecode, rate)
    _texts(timecode, string=rate.timecode(0), frame=0, displayformat="DF" if rate.drop else "NDF")


def _add_picture_format(picture: Element, rate: FrameRate) -> None:
    sample = SubElement(SubElement(picture, "format"), "samplecharacteristics")
    _add_rate(sample, rate)
    _texts(sample, width=WIDTH, height=HEIGHT, pixelaspectratio="square")


def _item_id(number: int, channel: int) -> str:
    return f"clipitem-{number}-{channel}"


def _add_clip(track: Element, cut: Cut, number: int, channel: int, rate: FrameRate, video: str) -> Element:
    item = SubElement(track, "clipitem", id=_item_id(number, channel))
    _texts(item, name=one_line(cut.range.title), enabled="TRUE", duration=cut.last - cut.first)
    _add_rate(item, rate)
    _texts(item, start=cut.start, end=cut.end)
    item.extend([_text("in", cut.first), _text("out", cut.last)])
    return item


def _text(name: str, value: object) -> Element:
    element = Element(name)
    element.text = str(value)
    return element


def _add_file(item: Element, rate: FrameRate, video: str, length: int, *, is_first: bool) -> None:
    """Describe the file once; the clips after the first only name it."""
    file = SubElement(item, "file", id=FILE_ID)
    if not is_first:
        return
    _texts(file, name=file_name(video), pathurl=_url(video))
    _add_rate(file, rate)
    _texts(file, duration=length)
    _add_timecode(file, rate)
    media = SubElement(file, "media")
    _add_picture_format(SubElement(media, "video"), rate)
    _texts(SubElement(media, "audio"), channelcount=AUDIO_CHANNELS)


def _url(video: str) -> str:
    """Return the file's address as these programs write it; they ask for the file where it is not there."""
    return "file://localhost/" + quote(one_line(video).replace("\\", "/").lstrip("/"))


def _add_links(item: Element, number: int, channel: int) -> None:
    """Hold picture and sound of a clip together."""
    if channel:
        _texts(SubElement(item, "sourcetrack"), mediatype="audio", trackindex=channel)
    for other in range(AUDIO_CHANNELS + 1):
        _texts(
            SubElement(item, "link"),
            linkclipref=_item_id(number, other),
            mediatype="audio" if other else "video",
            trackindex=other or 1,
            clipindex=number,
        )


def _add_marker(sequence: Element, cut: Cut, rate: FrameRate) -> None:
    peak = min(max(rate.frame_at(cut.range.peak), cut.first), cut.last - 1) - cut.first + cut.start
    marker = SubElement(sequence, "marker")
    _texts(marker, name=one_line(cut.range.title), comment=one_line(cut.range.note, 500))
    marker.extend([_text("in", peak), _text("out", -1)])
