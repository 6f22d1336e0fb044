"""A provider's catalogues are asked for and stored; whatever it does, the last good one serves."""

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

import msgspec
import pytest
from unit.emote_catalogue.provider_answers import (
    SET_ID,
    bttv_channel,
    bttv_entry,
    seventv_entry,
    seventv_set,
    seventv_user,
)

from emote_catalogue.emote import GLOBAL
from emote_catalogue.errors import CatalogueError, TooLarge, TooSlow, Unreachable
from emote_catalogue.fetching import Answer
from emote_catalogue.providers.answers import Provider
from emote_catalogue.providers.betterttv import BetterTtv
from emote_catalogue.providers.seventv import SevenTv
from emote_catalogue.refresh import Refresher
from emote_catalogue.schedule import Pace
from emote_catalogue.state import CatalogueState
from emote_catalogue.versions import Versions

NOW = 1_790_000_000
CHANNEL = "71092938"


class World:
    """One refresher in simulated time; `page` is what every address of the channel answers."""

    def __init__(self, versions: Versions, provider: Provider | None = None) -> None:
        self.now = float(NOW)
        self.provider = provider or BetterTtv()
        self.page: object = bttv_channel([bttv_entry("KEKW", "a1")], [])
        self.pages: dict[str, object] = {"global": [bttv_entry("Clap", "a2")]}
        self.asked: list[tuple[float, str]] = []
        self.versions, self.state = versions, CatalogueState(lambda: self.now)
        self.refresher = Refresher(
            provider=self.provider, versions=versions, fetch=self._fetch, state=self.state, pace=Pace(), rng=Random(1),
            clock=lambda: self.now, wall_ms=lambda: round(self.now * 1000), sleep=self._sleep,
        )  # fmt: skip
        self.refresher.watch([CHANNEL])

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def _fetch(self, url: str, _headers: Mapping[str, str]) -> Answer:
        name = url.rpartition("/")[2]
        self.asked.append((self.now, name))
        page = self.pages.get(name, self.page)
        if isinstance(page, CatalogueError):
            raise page
        return page if isinstance(page, Answer) else Answer(200, msgspec.json.encode(page))

    def run(self, seconds: float) -> None:
        """Play on."""
        until = self.now + seconds
        while self.now < until:
            self.now += max(0.01, min(5.0, self.refresher.step()))

    def names(self) -> set[str]:
        """What is in force in the channel now."""
        return set(self.versions.lookup_at(CHANNEL, round(self.now * 1000)).emotes)


@pytest.fixture
def versions(tmp_path: Path) -> Iterator[Versions]:
    opened = Versions(tmp_path / "emotes.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def world(versions: Versions) -> World:
    return World(versions)


def test_catalogues_are_asked_for_and_kept_up_to_date(world: World) -> None:
    world.run(60)
    assert world.names() == {"KEKW", "Clap"}
    world.page = bttv_channel([bttv_entry("KEKW", "a1"), bttv_entry("EZ", "a3")], [])
    world.run(400)
    assert world.names() == {"KEKW", "EZ", "Clap"}
    assert world.state.age_seconds("bttv") < 400


@pytest.mark.parametrize(
    "page",
    [
        None,
        "<html>",
        {},
        Answer(200, b"<!doctype html><title>Just a moment...</title>"),
        Answer(200, b'{"channelEmotes": [{"id"'),
        Answer(404, b"<html>"),
        Answer(403, b""),
        Answer(429, b"", {"retry-after": "30"}),
        Answer(500, b"oops"),
        Answer(302, b""),
        bttv_channel([{"id": 1}], []),
        TooSlow("x"),
        TooLarge("x"),
        Unreachable("x"),
    ],
    ids=lambda page: repr(page)[:40],
)
def test_the_last_good_catalogue_serves(world: World, page: object) -> None:
    world.run(60)
    good, world.page = world.page, page
    world.run(5000)
    assert world.names() == {"KEKW", "Clap"}
    assert sum(world.state.failures("bttv").values()) >= 2
    world.page = good
    world.run(9000)
    assert not world.state.notes().get("emotes of bttv")


def test_a_failure_is_said_with_its_reason_until_it_is_over(world: World) -> None:
    world.run(60)
    assert "emotes of bttv" not in world.state.notes()
    world.page = world.pages["global"] = Unreachable("nobody there")
    world.run(4000)
    note = world.state.notes()["emotes of bttv"]
    assert "the last good catalogue serves" in note
    assert "unreachable: nobody there" in note
    assert world.state.age_seconds("bttv") > 3500


def test_a_catalogue_that_is_empty_at_once_is_believed_the_second_time(world: World) -> None:
    world.run(60)
    world.page = bttv_channel([], [])
    world.run(400)
    assert world.names() == {"KEKW", "Clap"}
    assert world.state.failures("bttv") == {"emptied": 1}
    world.run(400)
    assert world.names() == {"Clap"}


def test_an_empty_answer_between_good_ones_changes_nothing(world: World) -> None:
    good = world.page
    for page in (good, bttv_channel([], []), good, bttv_channel([], []), good):
        world.page = page
        world.run(360)
        assert world.names() == {"KEKW", "Clap"}


def test_a_channel_without_an_account_is_known_to_have_no_emotes(world: World) -> None:
    world.page = Answer(404, b'{"message":"user not found"}')
    world.run(60)
    names = world.versions.lookup_at(CHANNEL, round(world.now * 1000))
    assert (CHANNEL, "bttv") not in names.unknown
    assert world.state.failures("bttv") == {}


def test_a_limit_that_is_spent_by_the_first_request_holds_the_second(versions: Versions) -> None:
    """7TV's catalogue takes two; a spent limit is not tried out."""
    world = World(versions, SevenTv())
    spent = {"x-ratelimit-global-remaining": "0", "x-ratelimit-global-reset": "50"}
    world.pages = {
        "global": seventv_set(seventv_entry("Clap", "01A")),
        SET_ID: seventv_set(seventv_entry("KEKW", "01B")),
    }
    world.pages[CHANNEL] = Answer(200, msgspec.json.encode(seventv_user()), spent)
    world.run(40)
    assert [name for _, name in world.asked] == ["global", CHANNEL]
    world.pages[CHANNEL] = seventv_user()
    world.run(60)
    assert world.names() == {"KEKW", "Clap"}
    assert world.asked[2][0] - world.asked[1][0] >= 50


def test_a_disk_that_is_full_stops_nothing(world: World) -> None:
    world.run(60)
    world.versions._database.execute("PRAGMA query_only = ON")
    world.page = bttv_channel([bttv_entry("EZ", "a3")], [])
    world.run(400)
    assert world.names() == {"KEKW", "Clap"}
    assert world.state.failures("bttv") == {"store": 1}
    world.versions._database.execute("PRAGMA query_only = OFF")
    world.run(800)
    assert world.names() == {"EZ", "Clap"}


def test_only_numeric_channels_are_asked_for(world: World) -> None:
    world.refresher.watch([CHANNEL, "../x", "", "²"])
    world.run(60)
    assert {name for _, name in world.asked} == {"global", CHANNEL}


def test_a_worker_ends_when_it_is_stopped(world: World) -> None:
    stop = threading.Event()
    worker = threading.Thread(target=world.refresher.run, args=(stop,))
    worker.start()
    stop.set()
    worker.join(10)
    assert not worker.is_alive()


def test_a_provider_that_hangs_delays_no_other(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "emotes.sqlite")
    state, pace, release, stop = CatalogueState(), Pace(), threading.Event(), threading.Event()

    def hang(_url: str, _headers: Mapping[str, str]) -> Answer:
        release.wait(30)
        raise TooSlow("x")

    def answer(_url: str, _headers: Mapping[str, str]) -> Answer:
        return Answer(200, msgspec.json.encode([bttv_entry("Clap", "a2")]))

    made = [
        Refresher(provider=SevenTv(), versions=versions, fetch=hang, state=state, pace=pace),
        Refresher(provider=BetterTtv(), versions=versions, fetch=answer, state=state, pace=pace),
    ]
    workers = [threading.Thread(target=each.run, args=(stop,)) for each in made]
    for worker in workers:
        worker.start()
    deadline = threading.Event()
    for _ in range(200):
        if versions.in_force(GLOBAL, "bttv"):
            break
        deadline.wait(0.05)
    assert versions.in_force(GLOBAL, "bttv")
    release.set()
    stop.set()
    for worker in workers:
        worker.join(10)
    versions.close()
