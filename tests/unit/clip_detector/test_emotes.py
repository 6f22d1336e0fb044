"""The job's moments know the emotes of emote_counter's store, and Twitch's alone without it."""

from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from clip_detector.job.emotes import emote_providers
from clip_detector.settings import DetectorSettings
from contracts import metrics, topics
from contracts.codec import decode
from contracts.moments import EmoteCount, Moment
from emote_catalogue.emote import GLOBAL, CatalogueEmote
from emote_catalogue.versions import Versions
from moment_detection.channel import Channel, DictSlots, SecondRow
from moment_detection.detection.channel_events import FIELD, PIECE
from moment_detection.detection.detector import Detector
from moment_detection.detection.rules import Rules
from moment_detection.evidence.emotes import TWITCH_ONLY, EmoteProvider
from moment_detection.lead import lead

CHANNEL, START = "22484632", 1_790_000_040
OLD = (START - 3600) * 1000  # ms


def closed_moment(emotes: EmoteProvider, text: str) -> Moment:
    """The last revision of a moment in which twenty people write a text for six seconds."""
    channel = Channel(CHANNEL, Detector(Rules(4.0)), DictSlots(), emotes)
    rows = [row(second, ["so it goes"]) for second in range(200)]
    rows += [row(second, [text] * 20) for second in range(200, 206)]
    records = [record for each in rows for _, record in channel.row(each)]
    records += [record for _, record in channel.advance(START + 400)]
    moment = decode(topics.MOMENTS.name, [each.value for each in records if each.topic == topics.MOMENTS.name][-1])
    assert isinstance(moment, Moment)
    return moment


def row(second: int, texts: list[str]) -> SecondRow:
    pieces = [FIELD.join((f"c{number}", f"{number:08x}", "[]", text)) for number, text in enumerate(texts)]
    return SecondRow(START + second, len(texts), len(texts), PIECE.join(pieces), None)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "catalogues.sqlite"
    versions = Versions(path)
    versions.apply(CHANNEL, "7tv", [CatalogueEmote("01F", "KEKW"), CatalogueEmote("02G", "GLEEBING")], OLD)
    versions.apply(GLOBAL, "bttv", [CatalogueEmote("b", "monkaS")], OLD)
    versions.close()
    return path


def test_a_moment_names_third_party_emotes(store: Path) -> None:
    moment = closed_moment(emote_providers(store), "KEKW so good monkaS")
    assert moment.evidence.emotes == [
        EmoteCount("7tv", "01F", "KEKW", 120, 20),
        EmoteCount("bttv", "b", "monkaS", 120, 20),
    ]
    assert {each.word for each in moment.evidence.words} == {"so", "good"}
    assert (moment.mood, lead(moment)) == ("laughter", "Chat burst out laughing · KEKW")


def test_an_emote_without_a_meaning_is_named_where_the_channel_has_it(store: Path) -> None:
    assert lead(closed_moment(emote_providers(store), "GLEEBING")) == "Chat erupted · GLEEBING"
    assert lead(closed_moment(TWITCH_ONLY, "GLEEBING")) == "Chat erupted"


def test_a_store_that_is_away_takes_nothing_from_the_moment(tmp_path: Path) -> None:
    with_store = closed_moment(emote_providers(tmp_path / "none"), "KEKW so good")
    assert with_store == closed_moment(TWITCH_ONLY, "KEKW so good")
    assert with_store.mood == "laughter"
    assert REGISTRY.get_sample_value(metrics.DETECTOR_CATALOGUES.name) == 0


def test_a_readable_store_is_told(store: Path) -> None:
    closed_moment(emote_providers(store), "KEKW")
    assert REGISTRY.get_sample_value(metrics.DETECTOR_CATALOGUES.name) == 1


def test_the_setting_names_the_file() -> None:
    given = {"checkpoint_directory": "/c"}
    assert DetectorSettings(**given).catalogues() is None  # type: ignore[arg-type]
    assert emote_providers(None) is TWITCH_ONLY
    assert DetectorSettings(**given, emotes="/e/store").catalogues() == Path("/e/store")  # type: ignore[arg-type]
