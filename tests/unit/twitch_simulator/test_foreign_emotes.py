"""Other providers' emotes: what crowds write is in the catalogues, with a heavy tail, and equal for equal seeds."""

from collections import Counter
from random import Random
from xml.etree import ElementTree

import pytest

from twitch_simulator.crowd.channels import plan_channels
from twitch_simulator.crowd.emotes import FOREIGN_EMOTES, GLOBAL_EMOTES
from twitch_simulator.crowd.foreign_emotes import PROVIDERS, common_names, draw_name
from twitch_simulator.crowd.reactions import talk_pool
from twitch_simulator.crowd.word_files import read_words
from twitch_simulator.emotes.catalogues import GLOBAL, Catalogues, emote_id
from twitch_simulator.emotes.pictures import draw_emote

CHANNELS = plan_channels(1, 40)


@pytest.fixture
def catalogues() -> Catalogues:
    return Catalogues(1, CHANNELS)


def names(catalogues: Catalogues, scope: str) -> set[str]:
    return {emote.name for provider in PROVIDERS for emote in catalogues.of(provider, scope) or []}


def test_each_name_is_one_providers() -> None:
    words = read_words("emotes")
    listed = Counter(name for provider in PROVIDERS for kind in words[provider].values() for name in kind)
    assert len(listed) > 300
    assert max(listed.values()) == 1
    assert not set(listed) & set(GLOBAL_EMOTES)


def test_what_crowds_write_is_in_the_largest_channels_catalogues(catalogues: Catalogues) -> None:
    talk, moods = read_words("talk")["emotes"], read_words("reactions").values()
    written = {*FOREIGN_EMOTES, *talk, *(emote for mood in moods for emote in mood["emotes"])} - set(GLOBAL_EMOTES)
    known = {name for provider in PROVIDERS for names in read_words("emotes")[provider].values() for name in names}
    assert written <= known
    largest = names(catalogues, GLOBAL) | names(catalogues, CHANNELS[0].channel_id)
    assert set(FOREIGN_EMOTES) <= largest


def test_a_name_is_written_the_less_the_rarer_it_is() -> None:
    rng = Random(1)
    drawn = Counter(draw_name(rng) for _ in range(60_000))
    first, tenth, hundredth = (drawn[common_names()[rank - 1]] for rank in (1, 10, 100))
    assert first == pytest.approx(10 * tenth, rel=0.2)
    assert first == pytest.approx(100 * hundredth, rel=0.5)
    assert len(drawn) > 0.95 * len(common_names())


def test_ordinary_chat_has_a_tail_of_emotes() -> None:
    tokens = Counter(token for text in talk_pool(1, "en") for token in text.text.split())
    found = {name: tokens[name] for name in common_names() if tokens[name]}
    assert len(found) > 100
    assert sum(count == 1 for count in found.values()) > 25


def test_most_that_a_crowd_writes_is_in_its_channels_catalogue(catalogues: Catalogues) -> None:
    tokens = Counter(token for text in talk_pool(1, "en") for token in text.text.split())
    written = {name: tokens[name] for name in common_names() if tokens[name]}
    for channel in CHANNELS[:12]:
        there = names(catalogues, GLOBAL) | names(catalogues, channel.channel_id)
        share = sum(uses for name, uses in written.items() if name in there) / sum(written.values())
        assert 0.5 < share < 0.95, channel.login


def test_channels_differ_and_the_largest_has_a_thousand(catalogues: Catalogues) -> None:
    largest = catalogues.of("7tv", CHANNELS[0].channel_id)
    assert largest is not None
    assert len(largest) == 1000
    assert len({emote.id for emote in largest}) == len({emote.name for emote in largest}) == 1000
    sets = [names(catalogues, channel.channel_id) for channel in CHANNELS]
    assert len(set(map(frozenset, sets))) == len(sets)
    absent = {
        provider: sum(catalogues.of(provider, each.channel_id) is None for each in CHANNELS) for provider in PROVIDERS
    }
    assert absent["ffz"] > absent["bttv"] > absent["7tv"] > 0
    assert catalogues.of("7tv", "99") is None


def test_equal_seeds_give_equal_catalogues(catalogues: Catalogues) -> None:
    again, other = Catalogues(1, CHANNELS), Catalogues(2, CHANNELS)
    scope = CHANNELS[3].channel_id
    assert again.of("7tv", scope) == catalogues.of("7tv", scope)
    assert names(other, scope) != names(catalogues, scope)


def test_one_emote_has_one_id_in_all_channels() -> None:
    for provider, length in (("7tv", 26), ("bttv", 24)):
        assert len(emote_id(provider, "KEKW")) == length
    assert emote_id("ffz", "KEKW").isdecimal()
    assert emote_id("7tv", "KEKW") == emote_id("7tv", "KEKW") != emote_id("7tv", "kekw")


def test_catalogues_change_on_order(catalogues: Catalogues) -> None:
    scope = CHANNELS[0].channel_id
    added = catalogues.add("7tv", scope, "BrandNew")
    assert catalogues.add("7tv", scope, "BrandNew") == added
    renamed = catalogues.rename("7tv", scope, "BrandNew", "Newer")
    assert (renamed.id, renamed.name) == (added.id, "Newer")
    catalogues.remove("7tv", scope, "Newer")
    assert not {"BrandNew", "Newer"} & names(catalogues, scope)
    with pytest.raises(KeyError):
        catalogues.remove("7tv", scope, "Newer")


def test_a_picture_is_small_svg_of_its_emote() -> None:
    pictures = {draw_emote(f"7tv:{number}") for number in range(20)}
    assert len(pictures) == 20
    for picture in pictures:
        tags = {each.tag.rpartition("}")[2] for each in ElementTree.fromstring(picture).iter()}
        assert tags <= {"svg", "g", "circle", "path"}
        assert len(picture) < 1500
    assert "animateTransform" in draw_emote("7tv:1", is_animated=True)
