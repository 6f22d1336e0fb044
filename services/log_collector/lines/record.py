"""One record of Docker's json-file log."""

import msgspec

UNREADABLE = "unreadable"  # the stream of what no JSON can be read from
CONTROLS = {code: "\N{REPLACEMENT CHARACTER}" for code in range(32) if chr(code) not in "\t\n"} | {0: None}


class Written(msgspec.Struct):
    """As Docker writes it."""

    log: str
    stream: str
    time: str


class Record(msgspec.Struct, frozen=True):
    """A record with its place in the file: bytes from `offset` to before `end`."""

    offset: int
    end: int
    stream: str
    time: str  # Docker's, with nanoseconds; empty if unreadable
    text: str
    is_whole: bool  # Docker splits a line at 16 kB


DECODER = msgspec.json.Decoder(Written)
BEGIN = b'{"log":"'  # quotes within a log are escaped, so it stands nowhere else


def record_at(offset: int, line: bytes) -> Record:
    """Read a line, which ends before its newline.

    A power cut leaves zeros, or half a record with the next one behind it. What no record can be read from is kept as
    text of a stream of its own.
    """
    end = offset + len(line) + 1
    begin = max(0, line.rfind(BEGIN))
    try:
        written = DECODER.decode(line[begin:])
    except msgspec.DecodeError:
        return Record(offset, end, UNREADABLE, "", readable(line).strip(), True)
    text = written.log.removesuffix("\n").removesuffix("\r").translate(CONTROLS)
    if cut := readable(line[:begin]).strip():
        text = f"{cut}\n{text}"
    return Record(offset, end, written.stream, written.time, text, written.log.endswith("\n"))


def readable(content: bytes) -> str:
    """Return bytes as text that can be stored and printed."""
    return content.decode("utf-8", "replace").translate(CONTROLS)
