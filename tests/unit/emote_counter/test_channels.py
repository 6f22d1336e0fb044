"""Whose catalogues are asked for: whoever chat named lately, and nobody who opted out."""

from collections.abc import Iterable
from pathlib import Path

from emote_catalogue.emote import CatalogueEmote
from emote_catalogue.versions import Versions
from emote_counter.channels import WANTED_MS, WantedChannels

NOW = 1_763_830_800_000


class Refresher:
    """Notes what it is to watch."""

    def __init__(self) -> None:
        self.wanted: tuple[str, ...] = ()

    def watch(self, channel_ids: Iterable[str]) -> None:
        self.wanted = tuple(channel_ids)


def channels(refresher: Refresher, folder: Path, named: dict[str, int] | None = None) -> WantedChannels:
    return WantedChannels([refresher], Versions(folder / "store"), named, wall_ms=lambda: NOW)  # type: ignore[list-item]


def test_those_that_chat_named_lately_are_wanted_also_after_a_restart(tmp_path: Path) -> None:
    refresher = Refresher()
    wanted = channels(refresher, tmp_path, {"1": NOW - WANTED_MS + 1, "2": NOW - WANTED_MS})
    assert refresher.wanted == ("1",)
    wanted.name({"3": NOW, "4": NOW - WANTED_MS})
    assert refresher.wanted == ("1", "3")
    assert wanted.named() == {"1": NOW - WANTED_MS + 1, "3": NOW}


def test_a_time_that_has_not_come_counts_as_now(tmp_path: Path) -> None:
    wanted = channels(Refresher(), tmp_path)
    wanted.name({"1": NOW + 10**9})
    wanted.name({"1": NOW - 1000})
    assert wanted.named() == {"1": NOW}


def test_who_opted_out_is_forgotten_until_the_end_of_it(tmp_path: Path) -> None:
    refresher, store = Refresher(), Versions(tmp_path / "store")
    for channel_id in ("1", "2"):
        store.apply(channel_id, "7tv", [CatalogueEmote("a", "KEKW")], NOW)
    wanted = WantedChannels([refresher], store, {"1": NOW, "2": NOW}, wall_ms=lambda: NOW)  # type: ignore[list-item]
    wanted.set_opted_out("1", True)
    wanted.name({"1": NOW})
    assert (refresher.wanted, wanted.opted_out()) == (("2",), {"1"})
    wanted.forget(wanted.opted_out())
    assert store.channels() == ["2"]
    wanted.set_opted_out("1", False)
    wanted.name({"1": NOW})
    assert refresher.wanted == ("2", "1")
