"""FrankerFaceZ's answers, and the traps in them."""

from typing import Any

import pytest
from unit.emote_catalogue.provider_answers import Pages, ffz_entry, ffz_room, ffz_set

from emote_catalogue.emote import CatalogueEmote
from emote_catalogue.errors import Refused, WrongShape
from emote_catalogue.fetching import Answer
from emote_catalogue.providers.frankerfacez import FrankerFaceZ

CHANNEL = "22484632"


def channel_names(room: Any) -> list[str]:
    return [emote.name for emote in FrankerFaceZ().channel_emotes(Pages(**{CHANNEL: room}), CHANNEL)]


def test_only_default_sets_are_everybodys() -> None:
    sets = {"3": ffz_set(3, ffz_entry("LilZ", 28136)), "4330": ffz_set(4330, ffz_entry("BeanieHipster", 1))}
    pages = Pages(**{"global": {"default_sets": [3], "sets": sets, "users": {"4330": ["somebody"]}}})
    (emote,) = FrankerFaceZ().global_emotes(pages)
    image = "https://cdn.frankerfacez.com/emote/28136/2"
    assert emote == CatalogueEmote("28136", "LilZ", is_animated=False, image=image)
    assert pages.asked == ["https://api.frankerfacez.com/v1/set/global"]


def test_the_rooms_own_set_is_the_channels() -> None:
    assert channel_names(ffz_room(ffz_entry("forsenE", 7))) == ["forsenE"]


def test_a_modifier_is_zero_width() -> None:
    room = ffz_room(ffz_entry("ffzHyper", 9, modifier=True), ffz_entry("catJAM", 8, animated={"1": "https://x"}))
    found = FrankerFaceZ().channel_emotes(Pages(**{CHANNEL: room}), CHANNEL)
    assert [(emote.name, emote.is_zero_width, emote.is_animated) for emote in found] == [
        ("catJAM", False, True),
        ("ffzHyper", True, False),
    ]


def test_an_emote_in_one_size_is_shown_in_that() -> None:
    room = ffz_room(ffz_entry("small", 9, urls={"1": "https://cdn.frankerfacez.com/emote/9/1"}))
    (emote,) = FrankerFaceZ().channel_emotes(Pages(**{CHANNEL: room}), CHANNEL)
    assert emote.image == "https://cdn.frankerfacez.com/emote/9/1"


def test_ids_are_numbers() -> None:
    with pytest.raises(WrongShape):
        channel_names(ffz_room(ffz_entry("odd", "9/../x")))


def test_a_channel_without_an_account_has_no_emotes() -> None:
    absent = Answer(404, b'{"status":404,"error":"Not Found","message":"No such room"}')
    assert channel_names(absent) == []
    with pytest.raises(Refused):
        channel_names(Answer(404, b"<!doctype html>"))


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"room": {"set": 380}, "sets": {}},
        {"room": {"set": None}, "sets": {}},
        {"room": {"set": 380}, "sets": {"380": {"emoticons": None}}},
        {"room": {"set": 380}, "sets": []},
        ffz_room(ffz_entry("others", 5), twitch_id=1),
    ],
)
def test_another_shape_is_an_error(answer: object) -> None:
    with pytest.raises(WrongShape):
        channel_names(answer)


def test_a_default_set_that_is_not_there_is_an_error() -> None:
    with pytest.raises(WrongShape):
        FrankerFaceZ().global_emotes(Pages(**{"global": {"default_sets": [3, 4], "sets": {"3": ffz_set(3)}}}))
