"""BetterTTV's answers, and the traps in them."""

import pytest
from unit.emote_catalogue.provider_answers import BTTV_ID, Pages, bttv_channel, bttv_entry

from emote_catalogue.emote import CatalogueEmote
from emote_catalogue.errors import Refused, WrongShape
from emote_catalogue.fetching import Answer
from emote_catalogue.providers.betterttv import BetterTtv

CHANNEL = "22484632"


def test_a_channel_has_its_own_and_shared_emotes() -> None:
    own = [bttv_entry("monkaS", "56e9")]
    shared = [bttv_entry("catJAM", "5f1b", imageType="gif", animated=True, user={"id": "5c", "name": "x"})]
    pages = Pages(**{CHANNEL: bttv_channel(own, shared)})
    found = BetterTtv().channel_emotes(pages, CHANNEL)
    assert found == (
        CatalogueEmote("56e9", "monkaS", is_animated=False, image="https://cdn.betterttv.net/emote/56e9/2x.webp"),
        CatalogueEmote("5f1b", "catJAM", is_animated=True, image="https://cdn.betterttv.net/emote/5f1b/2x.webp"),
    )
    assert pages.asked == [f"https://api.betterttv.net/3/cached/users/twitch/{CHANNEL}"]


def test_modifiers_are_no_emotes() -> None:
    entries = [bttv_entry("w!", "5e76", modifier=True), bttv_entry("FeelsBadMan", modifier=False)]
    pages = Pages(**{"global": entries})
    assert [emote.name for emote in BetterTtv().global_emotes(pages)] == ["FeelsBadMan"]
    assert pages.asked == ["https://api.betterttv.net/3/cached/emotes/global"]


def test_eight_names_are_zero_width() -> None:
    names = ["SoSnowy", "IceCold", "SantaHat", "TopHat", "ReinDeer", "CandyCane", "cvMask", "cvHazmat", "tophat"]
    entries = [bttv_entry(name, f"{BTTV_ID[:-1]}{number}") for number, name in enumerate(names)]
    found = BetterTtv().global_emotes(Pages(**{"global": entries}))
    assert {emote.name for emote in found if emote.is_zero_width} == set(names[:-1])


def test_a_channel_without_an_account_has_no_emotes() -> None:
    pages = Pages(**{CHANNEL: Answer(404, b'{"message":"user not found"}')})
    assert BetterTtv().channel_emotes(pages, CHANNEL) == ()
    with pytest.raises(Refused):
        BetterTtv().channel_emotes(Pages(**{CHANNEL: Answer(404, b"<html>not found</html>")}), CHANNEL)


@pytest.mark.parametrize("answer", [None, {}, {"channelEmotes": []}, bttv_channel([], None), [], "x", {"message": ""}])
def test_another_shape_is_an_error(answer: object) -> None:
    with pytest.raises(WrongShape):
        BetterTtv().channel_emotes(Pages(**{CHANNEL: answer}), CHANNEL)


@pytest.mark.parametrize("emote_id", ["../x", "", "a b", 'a"b'])
def test_an_id_that_is_none_is_left_out(emote_id: str) -> None:
    good = [bttv_entry(f"ok{number}", f"a{number}") for number in range(10)]
    found = BetterTtv().global_emotes(Pages(**{"global": [*good, bttv_entry("odd", emote_id)]}))
    assert len(found) == 10


def test_a_catalogue_of_10000_is_read() -> None:
    entries = [bttv_entry(f"emote{number}", f"{number:024x}") for number in range(10_000)]
    assert len(BetterTtv().channel_emotes(Pages(**{CHANNEL: bttv_channel([], entries)}), CHANNEL)) == 10_000
