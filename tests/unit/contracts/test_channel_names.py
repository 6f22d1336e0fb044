"""A channel may be named in every form in which people copy it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.channel_names import ChannelName, parse_channel, parse_channels

NAMED = ChannelName(login="name_1")


@pytest.mark.parametrize(
    "text",
    [
        "name_1", "Name_1", " #Name_1 ", "@Name_1", "https://www.twitch.tv/Name_1", "https://www.twitch.tv/Name_1/",
        "http://twitch.tv/name_1/videos?filter=archives", "twitch.tv/Name_1", "m.twitch.tv/name_1",
        "WWW.TWITCH.TV/name_1",
    ],
)  # fmt: skip
def test_every_usual_form_names_the_login(text: str):
    assert parse_channel(text) == NAMED


@pytest.mark.parametrize("text", ["id:123456789", "ID:123456789", "id: 123456789"])
def test_an_id_names_the_channel_itself(text: str):
    assert parse_channel(text) == ChannelName(channel_id="123456789")
    assert str(parse_channel(text)) == "id:123456789"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#",
        "id:",
        "id:x",
        "id:²",
        "한국어",
        "a b",
        "a" * 26,
        "https://youtube.com/name",
        "https://twitch.tv/",
        "https://[",
    ],
)
def test_what_names_no_channel_says_what_to_write(text: str):
    with pytest.raises(ValueError, match=r"twitch\.tv/LOGIN"):
        parse_channel(text)


def test_a_list_has_each_channel_once_and_names_every_wrong_one():
    assert parse_channels("anna,#Anna, https://twitch.tv/ANNA ,,bob") == (ChannelName("anna"), ChannelName("bob"))
    with pytest.raises(ValueError, match="not a channel: a b, id:x;"):
        parse_channels("anna,a b,id:x")


@given(st.text(max_size=60))
def test_any_text_is_a_channel_or_a_value_error(text: str):
    try:
        name = parse_channel(text)
    except ValueError:
        return
    assert bool(name.login) != bool(name.channel_id)
