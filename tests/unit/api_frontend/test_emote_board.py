"""Adding up emotes of all channels, and where their pictures are."""

from collections import Counter
from random import Random

import pytest

from api_frontend.data.emotes import day_tally
from api_frontend.data.emotes.day_tally import Tally
from api_frontend.data.emotes.emote import EmoteKey, Picture
from api_frontend.data.emotes.live_graphs import LiveMinute, emote_news, together
from api_frontend.data.emotes.pictures import Pictures
from api_frontend.settings import IMAGES, TWITCH_EMOTES
from emote_counts.minute_row import MinuteUses, pack_minute


def packed(**uses: int) -> bytes:
    """A minute; each emote's number is behind its letter."""
    return pack_minute({int(name[1:]): MinuteUses(((3, number),), min(number, 9)) for name, number in uses.items()})


def test_uses_are_added_and_people_are_of_the_busiest_minute() -> None:
    tally = Tally()
    tally.add([("a", packed(e1=5, e2=300)), ("b", packed(e1=6))])
    tally.add([("b", packed(e1=2, e3=1))])
    assert [(each.emote_id, each.uses, each.people, each.channel_id) for each in tally.first(5)] == [
        (2, 300, 9, "a"),
        (1, 13, 6, "b"),
        (3, 1, 1, "b"),
    ]
    assert [each.emote_id for each in tally.first(1)] == [2]


def test_what_is_rare_is_forgotten_and_the_first_stay_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_tally, "MOST_EMOTES", 200)
    monkeypatch.setattr(day_tally, "MOST_OF_CHANNEL", 60)
    dice, tally, exact = Random(3), Tally(), Counter[int]()
    for minute in range(600):
        common = {number: 1 + dice.randrange(4) for number in range(1, 11)}
        rare = {100 + dice.randrange(5000): 1 for _ in range(12)}
        exact.update(common | rare)
        cells = {number: MinuteUses(((0, uses),), 1) for number, uses in (common | rare).items()}
        tally.add([(f"c{minute % 5}", pack_minute(cells))])
        assert len(tally.uses) <= 212
        assert all(len(own) <= 82 for own in tally.channels.values())
    assert {each.emote_id: each.uses for each in tally.first(10)} == dict(exact.most_common(10))


SEVEN, BTTV, FFZ = (
    "https://cdn.7tv.app/emote/A/2x.webp",
    "https://cdn.betterttv.net/emote/B/2x.webp",
    ("https://cdn.frankerfacez.com/emote/7/2"),
)


@pytest.mark.parametrize(
    ("provider", "address", "is_animated", "still"),
    [
        ("7tv", SEVEN, True, "https://cdn.7tv.app/emote/A/2x_static.webp"),
        ("7tv", SEVEN, False, SEVEN),
        ("bttv", BTTV, None, "https://cdn.betterttv.net/emote/B/static/2x.webp"),
        ("ffz", FFZ, True, FFZ),
        ("7tv", "https://cdn.7tv.app/emote/A/other", True, None),
    ],
)
def test_a_picture_has_a_still_one(provider: str, address: str, is_animated: bool | None, still: str | None) -> None:
    found = Pictures(TWITCH_EMOTES, IMAGES).of(EmoteKey(provider, "x"), address, is_animated)
    assert found == Picture(address, still)


def test_twitchs_own_are_known_by_their_ids() -> None:
    found = Pictures(TWITCH_EMOTES, IMAGES).of(EmoteKey("twitch", "25"), "", None)
    assert found == Picture(f"{TWITCH_EMOTES}/25/default/dark/2.0", f"{TWITCH_EMOTES}/25/static/dark/2.0")


@pytest.mark.parametrize(
    "address",
    ["", "https://evil.example/2x.webp", "http://cdn.7tv.app/2x.webp", "//cdn.7tv.app/a", "javascript:alert(1)",
     "https://cdn.7tv.app.evil.example/2x.webp", "https://cdn.7tv.app@evil.example/2x.webp", "/own/2x.webp"],
)  # fmt: skip
def test_a_picture_from_elsewhere_is_none(address: str) -> None:
    assert Pictures(TWITCH_EMOTES, IMAGES).of(EmoteKey("7tv", "x"), address, None) is None


def test_a_demos_pictures_are_of_the_site() -> None:
    pictures = Pictures("http://127.0.0.1:1/twitch", "'self'", lambda address: "/" + address.split("/", 3)[3])
    assert pictures.of(EmoteKey("twitch", "25"), "", None) == Picture(
        "/twitch/25/default/dark/2.0", "/twitch/25/static/dark/2.0"
    )


def test_a_page_is_told_of_its_own_emotes_and_until_when_they_are_known() -> None:
    used = {"7tv:a": MinuteUses(((3, 1), (9, 2)), 3), "twitch:25": MinuteUses(((40, 1),), 1)}
    open_minute = LiveMinute(60_000, False, b"", used)
    assert open_minute.until_at == 60_000 + 41_000
    assert LiveMinute(60_000, True, b"", {}).until_at == 120_000
    assert emote_news([open_minute], 101_000).of(["7tv:b", "7tv:a"]) == (
        '{"until":101000,"minutes":[{"at":60000,"emotes":[[],[[3,1],[9,2]]],"people":[0,3]}]}'
    )


def test_two_names_of_an_emote_are_one_line() -> None:
    assert together(MinuteUses(((3, 1), (9, 2)), 3), MinuteUses(((1, 1), (9, 1)), 2)) == MinuteUses(
        ((1, 1), (3, 1), (9, 3)), 3
    )
