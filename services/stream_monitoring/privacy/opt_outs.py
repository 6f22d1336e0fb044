"""The broadcasters who do not want to be watched: the list in Postgres for all instances, and a copy on this disk."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import structlog

from service_runtime.files import replace_durably

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LastWord:
    """What was last said of a channel: `is_out`, or that it may be watched again. `changed_at`: milliseconds."""

    login: str
    is_out: bool
    changed_at: int


Words = dict[str, LastWord]  # by channel id


class SharedWords(Protocol):
    """Where all instances read them."""

    def read_words(self) -> Words:
        """Every word, the withdrawn ones too. Raises PostgresAwayError."""

    def give_back(self, words: Words) -> None:
        """Write these where none as new is there. Raises PostgresAwayError."""


def newest(ours: Mapping[str, LastWord], theirs: Mapping[str, LastWord]) -> Words:
    """The later word on each channel; theirs where both are of one time."""
    return {**ours, **theirs} | later(ours, theirs)


def later(ours: Mapping[str, LastWord], theirs: Mapping[str, LastWord]) -> Words:
    """What we know and they do not, or not in its latest form: a backup older than the word was restored."""
    return {
        channel_id: word
        for channel_id, word in ours.items()
        if channel_id not in theirs or word.changed_at > theirs[channel_id].changed_at
    }


class OptOuts:
    """The list as this instance knows it; `refresh` and the questions may come from different threads."""

    def __init__(self, shared: SharedWords | None, path: Path) -> None:
        self._shared = shared
        self._path = path
        self.words = read_words(path)

    def refresh(self) -> None:
        """Take over what is new in Postgres, and give back what a restored backup has forgotten.

        Raises PostgresAwayError; what was known stays known.
        """
        if self._shared is None:
            return
        theirs = self._shared.read_words()
        if missing := later(self.words, theirs):
            log.warning("opt-outs: Postgres had forgotten some, giving them back", channels=sorted(missing))
            self._shared.give_back(missing)
        words = newest(self.words, theirs)
        if words != self.words:
            self.words = words
            write_words(self._path, words)

    def holds(self, channel_id: str | None, login: str) -> bool:
        """Whether this channel must not be read; a login counts only where the id is not known yet."""
        if channel_id is not None:
            return channel_id in self.words and self.words[channel_id].is_out
        return any(word.is_out and word.login == login for word in self.words.values())


def read_words(path: Path) -> Words:
    """The copy; empty where there is none. Raises SystemExit where it is damaged: nobody may be read by mistake."""
    try:
        known = json.loads(path.read_text())
        return {
            str(key): LastWord(str(e["login"]), bool(e["is_out"]), int(e["changed_at"])) for key, e in known.items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SystemExit(
            f"{path} is damaged ({error}): it says who must not be read. Delete it if Postgres has the list"
        ) from error


def write_words(path: Path, words: Words) -> None:
    """Replace the copy, whole or not at all; a full disk is logged, the list is in Postgres as well."""
    try:
        replace_durably(path, json.dumps({key: asdict(word) for key, word in words.items()}).encode())
    except OSError as error:
        log.error("opt-outs: cannot keep a copy", path=str(path), why=str(error))
