"""Compresses what the gateway sends, as the client's address asks for."""

import zlib
from typing import Protocol

try:
    import zstandard
except ImportError:  # then such a client gets plain text, which it reads too
    zstandard = None  # type: ignore[assignment]


class Compressor(Protocol):
    """Turns a payload into a frame."""

    def frame(self, text: str) -> str | bytes:
        """Return the frame of a payload."""


class Plain:
    """No compression."""

    def frame(self, text: str) -> str:
        """Return a text frame."""
        return text


class ZlibStream:
    """One zlib stream for the connection; each payload ends with a sync flush."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj()

    def frame(self, text: str) -> bytes:
        """Return a binary frame."""
        return self._stream.compress(text.encode()) + self._stream.flush(zlib.Z_SYNC_FLUSH)


class ZstdStream:
    """One zstd stream for the connection; each payload is flushed as a block."""

    def __init__(self) -> None:
        self._stream = zstandard.ZstdCompressor().compressobj()

    def frame(self, text: str) -> bytes:
        """Return a binary frame."""
        return self._stream.compress(text.encode()) + self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)


def compressor(asked_for: str) -> Compressor:
    """Return what compresses for `compress=...` of the gateway's address."""
    if asked_for == "zlib-stream":
        return ZlibStream()
    if asked_for == "zstd-stream" and zstandard is not None:
        return ZstdStream()
    return Plain()
