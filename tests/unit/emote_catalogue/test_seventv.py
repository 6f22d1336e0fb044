"""7TV's answers, and each trap in them."""

import msgspec
import pytest
from unit.emote_catalogue.provider_answers import EMOTE_ID, SET_ID, Pages, seventv_entry, seventv_set, seventv_user

from emote_catalogue.emote import CatalogueEmote
from emote_catalogue.errors import RateLimited, Refused, WrongShape
from emote_catalogue.fetching import Answer
from emote_catalogue.providers.seventv import SevenTv

CHANNEL = "71092938"


def names(pages: Pages) -> list[str]:
    return [emote.name for emote in SevenTv().channel_emotes(pages, CHANNEL)]


def user(**fields: object) -> dict[str, object]:
    return {CHANNEL: seventv_user(**fields)}


def test_a_null_set_is_a_second_request() -> None:
    """The trap of August 2026: null does not say that there are no emotes."""
    pages = Pages(**user(), **{SET_ID: seventv_set(seventv_entry("KEKW"))})
    assert names(pages) == ["KEKW"]
    assert pages.asked == [f"https://7tv.io/v3/users/twitch/{CHANNEL}", f"https://7tv.io/v3/emote-sets/{SET_ID}"]
    assert pages.headers[0] == {"X-7tv-Missing-EmoteSet-Aware": "1"}


def test_an_embedded_set_needs_no_second_request() -> None:
    pages = Pages(**user(emote_set=seventv_set(seventv_entry("KEKW"))))
    assert names(pages) == ["KEKW"]
    assert len(pages.asked) == 1


def test_an_embedded_set_that_is_only_named_is_asked_for() -> None:
    for set_id in (SET_ID, None):
        named = {"id": SET_ID, "name": "Emotes", "flags": 0}
        pages = Pages(**user(emote_set=named, emote_set_id=set_id), **{SET_ID: seventv_set(seventv_entry("KEKW"))})
        assert names(pages) == ["KEKW"]


def test_of_several_sets_the_active_one_counts() -> None:
    other = seventv_set(seventv_entry("Santa"), set_id="01OTHERSET")
    pages = Pages(**user(emote_set=other), **{SET_ID: seventv_set(seventv_entry("KEKW"))})
    assert names(pages) == ["KEKW"]


def test_an_empty_set_leaves_its_emotes_out() -> None:
    assert names(Pages(**user(), **{SET_ID: seventv_set()})) == []


def test_a_user_without_a_set_has_no_emotes() -> None:
    pages = Pages(**user(emote_set_id=None))
    assert names(pages) == []
    assert len(pages.asked) == 1


def test_a_user_whose_set_is_not_named_is_an_error() -> None:
    nameless = seventv_user()
    del nameless["emote_set_id"]
    for answer in (nameless, {"error": "none"}, seventv_user(emote_set_id=""), seventv_user(emote_set_id="../x")):
        with pytest.raises(WrongShape):
            names(Pages(**{CHANNEL: answer}))


@pytest.mark.parametrize(
    "emote_set",
    [
        seventv_set() | {"emotes": None},
        seventv_set() | {"emotes": {}},
        seventv_set() | {"emote_count": 3},
        seventv_set(seventv_entry("KEKW"), set_id="01ANOTHER"),
        None,
        [],
        "",
    ],
)
def test_a_set_in_another_shape_is_an_error(emote_set: object) -> None:
    with pytest.raises(WrongShape):
        names(Pages(**user(), **{SET_ID: emote_set}))


def test_the_name_is_the_channels_own() -> None:
    (emote,) = SevenTv().channel_emotes(Pages(**user(), **{SET_ID: seventv_set(seventv_entry("KEKW"))}), CHANNEL)
    image = f"https://cdn.7tv.app/emote/{EMOTE_ID}/2x.webp"
    assert emote == CatalogueEmote(EMOTE_ID, "KEKW", is_zero_width=False, is_animated=False, image=image)


@pytest.mark.parametrize(("flags", "data_flags", "expected"), [(1, 0, True), (0, 256, True), (2, 255, False)])
def test_zero_width_is_said_in_one_of_two_places(flags: int, data_flags: int, expected: bool) -> None:
    entry = seventv_entry("RainTime", flags=flags, data_flags=data_flags)
    (emote,) = SevenTv().global_emotes(Pages(**{"global": seventv_set(entry)}))
    assert emote.is_zero_width is expected


@pytest.mark.parametrize("url", ["//cdn.7tv.app/emote/../../x y", "javascript:alert(1)", '//a"b/c', ""])
def test_an_address_that_is_none_gives_no_picture(url: str) -> None:
    entry = seventv_entry("KEKW")
    entry["data"]["host"]["url"] = url
    (emote,) = SevenTv().global_emotes(Pages(**{"global": seventv_set(entry)}))
    assert emote.image == ""


def test_a_channel_without_an_account_has_no_emotes() -> None:
    absent = Answer(404, b'{"status_code":404,"status":"Not Found","error":"user not found","error_code":12000}')
    assert names(Pages(**{CHANNEL: absent})) == []


@pytest.mark.parametrize("body", [b"<html>404</html>", b'{"error_code":70440}', b"", b"null"])
def test_another_404_says_nothing_of_the_channel(body: bytes) -> None:
    with pytest.raises(Refused):
        names(Pages(**{CHANNEL: Answer(404, body)}))


def test_a_set_that_is_gone_is_an_error() -> None:
    gone = Answer(404, b'{"error_code":12000}')
    with pytest.raises(Refused):
        names(Pages(**user(), **{SET_ID: gone}))


def test_the_limit_says_how_long_to_wait() -> None:
    headers = {"x-ratelimit-global-limit": "500", "x-ratelimit-global-remaining": "0", "x-ratelimit-global-reset": "37"}
    with pytest.raises(RateLimited) as error:
        names(Pages(**{CHANNEL: Answer(429, b'{"error_code":7000}', headers)}))
    assert error.value.wait_seconds == 37


def test_an_entry_that_cannot_be_read_is_left_out() -> None:
    good = [seventv_entry(f"ok{number}", f"01{number:024}") for number in range(20)]
    odd = [{"id": 5, "name": None}]
    assert len(names(Pages(**user(), **{SET_ID: seventv_set(*good, *odd)}))) == 20
    with pytest.raises(WrongShape, match="3 of 23"):
        names(Pages(**user(), **{SET_ID: seventv_set(*good, *odd * 3)}))


def test_names_that_nobody_can_write_are_left_out() -> None:
    written = ["<b>", "😂", "a" * 500, "kekw", "KEKW", "a" * 501, "", "two words", "tab\there", "zero\0", "wide\u3000"]
    entries = [seventv_entry(name, f"01{number:024}") for number, name in enumerate(written)]
    assert names(Pages(**user(), **{SET_ID: seventv_set(*entries)})) == written[:5]


def test_half_a_character_is_an_error() -> None:
    body = msgspec.json.encode(seventv_set(seventv_entry("HALF"))).replace(b'"HALF"', b'"\\ud83d"')
    with pytest.raises(WrongShape):
        names(Pages(**user(), **{SET_ID: Answer(200, body)}))


def test_a_set_of_1000_emotes_is_read() -> None:
    entries = [seventv_entry(f"emote{number}", f"01{number:024}") for number in range(1000)]
    assert len(names(Pages(**user(), **{SET_ID: seventv_set(*entries)}))) == 1000
