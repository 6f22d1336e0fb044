"""A JSON file of any size, read value by value: the members of an object, the items of a list, or one after another."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from chat_analysis.forms.errors import RecordingError

LONGEST = 16 << 20  # characters of one message; a longer one is no message
LONGEST_WORD = 8  # characters of what JSON has outside of texts, and of an escape in one
SPACE = re.compile(r"[\s,]*")  # between values; a comma too few or too many changes nothing
INSIDE_STRING = re.compile(r'["\\]')
OUTSIDE_STRING = re.compile(r'["{}\[\],]')
_decode = json.JSONDecoder().raw_decode


class CutError(Exception):
    """The file ends inside of a value."""


class JsonText:
    """Text that arrives in pieces, and a place in it."""

    def __init__(self, path: Path, pieces: Iterator[str]) -> None:
        self._path = path
        self._pieces = pieces
        self._text = ""
        self._at = 0
        self._lines = 0  # line feeds before `_text`

    def peek(self) -> str:
        """Return the next character that is neither space nor comma; empty at the end."""
        while True:
            if found := SPACE.match(self._text, self._at):
                self._at = found.end()
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def skip(self, character: str) -> None:
        """Step over a character that must be next."""
        if self.peek() != character:
            raise self._wrong(self._at, f"{character} is missing") if self.peek() else CutError
        self._at += 1

    def value(self) -> object:
        """Return the next value, which is no number. Raises CutError if the file ends in it, RecordingError."""
        self.peek()
        while True:
            try:
                value, self._at = _decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if len(self._text) - self._at < LONGEST and self._more():
                    continue
                if self._is_cut(error):
                    raise CutError from None
                raise self._wrong(error.pos, error.msg) from None
            except RecursionError:
                raise self._wrong(self._at, "is nested too deeply") from None
            return value

    def items(self) -> Iterator[object]:
        """Yield the items of the list that begins here."""
        self.skip("[")
        while (following := self.peek()) != "]":
            if not following:
                raise CutError
            yield self.value()
        self._at += 1

    def members(self) -> Iterator[str]:
        """Yield the names in the object that begins here; take or leave the value of each before the next."""
        self.skip("{")
        while (following := self.peek()) != "}":
            if not following:
                raise CutError
            name = self.value()
            self.skip(":")
            yield str(name)
        self._at += 1

    def lines(self) -> Iterator[object]:
        """Yield the values that follow one another to the end."""
        while self.peek():
            yield self.value()

    def leave(self) -> None:
        """Step over the next value, which may be larger than memory."""
        self.peek()
        depth, in_string = 0, False
        while True:
            found = (INSIDE_STRING if in_string else OUTSIDE_STRING).search(self._text, self._at)
            if not found:
                self._at = len(self._text)
                if not self._more():
                    raise CutError
                continue
            character, self._at = found[0], found.end()
            if character == "\\":
                while self._at >= len(self._text):
                    if not self._more():
                        raise CutError
                self._at += 1
            elif character == '"':
                in_string = not in_string
            else:
                depth += {"{": 1, "[": 1, ",": 0}.get(character, -1)
                if depth < 0:
                    self._at -= 1
            if depth < 0 or (depth == 0 and not in_string):
                return

    def _more(self) -> bool:
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._lines += self._text.count("\n", 0, self._at)
        self._text, self._at = self._text[self._at :] + piece, 0
        return True

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        is_at_end = error.pos >= len(self._text.rstrip()) - LONGEST_WORD or error.msg.startswith("Unterminated")
        return is_at_end and len(self._text) - self._at < LONGEST

    def _wrong(self, at: int, problem: str) -> RecordingError:
        line = self._lines + self._text.count("\n", 0, at) + 1
        return RecordingError(f"{self._path}, line {line}: is damaged JSON: {problem}")
