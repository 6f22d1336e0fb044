"""What Twitch last called the pinned channels, kept on disk: a rename is followed over a restart too."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from contracts.channel_names import ChannelName
from service_runtime.files import replace_durably

log = structlog.get_logger()


@dataclass(slots=True)
class Known:
    """What Twitch calls a channel now; `is_gone`: not known there any more."""

    channel_id: str
    login: str
    is_gone: bool = False


class PinnedFile:
    """The id and the login of each pinned channel, under the name that the operator wrote."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._saved: dict[str, dict[str, str]] = {}

    def read(self, names: Iterable[ChannelName]) -> dict[ChannelName, Known]:
        """Return what is kept of these names; nothing if the file is missing or damaged."""
        try:
            kept = json.loads(self._path.read_text())
            return {
                name: Known(str(kept[str(name)]["channel_id"]), str(kept[str(name)]["login"]))
                for name in names
                if str(name) in kept
            }
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError, OSError) as error:
            log.warning("pinned channels: the file of their ids is damaged", path=str(self._path), why=str(error))
            return {}

    def write(self, known: Mapping[ChannelName, Known]) -> None:
        """Replace the file if something changed, whole or not at all; a full disk is logged."""
        kept = {str(name): {"channel_id": each.channel_id, "login": each.login} for name, each in known.items()}
        if kept == self._saved:
            return
        try:
            replace_durably(self._path, json.dumps(kept).encode())
            self._saved = kept
        except OSError as error:
            log.error("pinned channels: cannot save their ids", path=str(self._path), why=str(error))
