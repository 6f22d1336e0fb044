"""The messages themselves: live, edited at the end, moments, digests; in every language and within Discord's limits."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.discord_bot.examples import NOW, STREAMER, moment, moment_state, polled, seconds

from discord_notices.messages import message as limits
from discord_notices.messages.digest import digest_message
from discord_notices.messages.durations import duration, rarity
from discord_notices.messages.live import Notice, ended_message, live_message
from discord_notices.messages.marker import marked_address, nonce_in, nonce_of
from discord_notices.messages.message import Message
from discord_notices.messages.moment import MomentPost, moment_message
from discord_notices.messages.recap import Peak, StreamRecap
from discord_notices.messages.template import FIELDS, field_list, filled, unknown_fields
from discord_notices.rules.digest import Due
from discord_notices.wording import LANGUAGES, speaking

NONCE = nonce_of(1, 10, "live", "s1")
CLIP = {"clip_status": "made", "clip_url": "https://clips.twitch.tv/x"}
DUE = Due(kind="daily", subject="daily:2026-08-03", from_at=NOW - seconds(86400), until_at=NOW)


def notice(**changes: object) -> Notice:
    fields = {"stream": polled(), "streamer": STREAMER, "nonce": NONCE}
    return Notice(**{**fields, **changes})  # type: ignore[arg-type]


def whole(message: Message) -> str:
    """Every text of a message."""
    card = message.card
    fields = [text for each in card.fields for text in (each.name, each.value)]
    return "\n".join([message.content, card.title, card.description, card.author, card.footer, *fields])


def fits_discord(message: Message) -> bool:
    """Whether Discord takes it."""
    card = message.card
    return (
        len(message.content) <= limits.MOST_CONTENT
        and len(card.title) <= limits.MOST_TITLE
        and len(card.description) <= limits.MOST_DESCRIPTION
        and all(0 < len(each.value) <= limits.MOST_VALUE for each in card.fields)
        and len(whole(message)) - len(message.content) <= 6000
    )


def test_a_live_notice() -> None:
    message = live_message(notice(), NOW)
    assert message.content == "Ninja\\_Cat is live: Hello\n<https://www.twitch.tv/ninja_cat>"
    assert message.card.image_url == f"https://previews/live-640x360.jpg?t={int(NOW.timestamp()) // 60}"
    assert message.card.author_icon == "https://pic/1"
    assert [each.value for each in message.card.fields] == ["Chess", "1,234"]
    assert nonce_in(message.card.url) == NONCE
    assert message.role_id is None


def test_the_preview_is_fresh() -> None:
    later = live_message(notice(), NOW + seconds(60))
    assert later.card.image_url != live_message(notice(), NOW).card.image_url


def test_a_template_with_every_field() -> None:
    template = " ".join(f"{{{name}}}" for name in FIELDS)
    content = live_message(notice(template=template, role_id=7), NOW).content
    assert "{" not in content
    assert content.count("<@&7>") == 1
    assert f"<t:{int(NOW.timestamp())}:R>" in content


def test_a_role_is_mentioned_even_if_the_template_forgets_it() -> None:
    message = live_message(notice(template="{name}!", role_id=7), NOW)
    assert message.content == "<@&7> Ninja\\_Cat!"
    assert message.role_id == 7


def test_an_unknown_field_is_named_and_stays() -> None:
    assert unknown_fields("{name} {nam} {title} {x}") == ["nam", "x"]
    assert filled("{nam} {name}", {"name": "A"}) == "{nam} A"
    assert all(f"`{{{name}}}`" in field_list() for name in FIELDS)


def test_a_value_is_not_read_as_a_template() -> None:
    assert live_message(notice(stream=polled(title="{url}"), template="{title}"), NOW).content == "{url}"


def test_the_end() -> None:
    ended = polled(ended_at=NOW + seconds(3 * 3600 + 300))
    message = ended_message(notice(stream=ended, vod_url="https://v", best_clip_url="https://c", role_id=7))
    assert message.content == "**Ninja\\_Cat** was live."
    assert [each.value for each in message.card.fields] == [
        "3 h 5 min",
        "2,000",
        "Chess",
        "[Watch it](https://v)",
        "[Watch it](https://c)",
    ]
    assert message.role_id is None
    assert message.card.image_url == ""
    assert nonce_in(message.card.url) == NONCE


@given(st.text(max_size=400), st.text(max_size=100), st.sampled_from(sorted(LANGUAGES)), st.text(max_size=500))
def test_whatever_a_title_holds_the_message_fits_and_mentions_nobody(
    title: str, game: str, language: str, template: str
) -> None:
    hostile = title + "@everyone <@&9> " + title
    with speaking(language):
        for made in (
            live_message(notice(stream=polled(title=hostile, game_name=game), template="{title}" * 9 + "{game}"), NOW),
            ended_message(notice(stream=polled(title=hostile, game_name=game), vod_url="https://v/" + "x" * 2000)),
        ):
            assert fits_discord(made)
            assert "@everyone" not in whole(made)
            assert "<@&9>" not in whole(made).replace("\\<", "")
        assert fits_discord(live_message(notice(template=template), NOW))


def test_a_moment_erupts_peaks_and_becomes_the_clip() -> None:
    erupting = moment_message(MomentPost(state=moment_state("raised"), nonce=NONCE))
    assert erupting.content.startswith("**Ninja\\_Cat** · Chat is ")
    assert "A clip follows" in erupting.card.description
    made = moment_message(MomentPost(state=moment_state(**CLIP), nonce=NONCE, site_url="https://site/"))
    assert made.content.endswith("\nhttps://clips.twitch.tv/x")
    assert made.card.image_url == ""
    assert made.card.url.startswith("https://site/moments/m3f9a1c2e47b05d68?")
    assert nonce_in(made.card.url) == NONCE
    assert "people at once" in made.card.description


def test_words_of_the_chat_are_not_named() -> None:
    state = moment_state(**CLIP)
    said = " ".join(whole(moment_message(MomentPost(state=state, nonce=NONCE))).split())
    words = {each.word for each in state.moment.evidence.words} - {each.name for each in state.moment.evidence.emotes}
    assert words
    assert not {word for word in words if re.search(rf"\b{re.escape(word)}\b", said)}


def test_a_digest_lists_the_best_and_leaves_out_what_does_not_fit() -> None:
    best = [moment_state(moment=moment(moment_id=f"m{number}"), **CLIP) for number in range(5)]
    message = digest_message(DUE, best, NONCE)
    assert message.content == "**The best moments of the last day**"
    assert message.card.description.count("https://clips.twitch.tv/x") == 5
    assert message.card.description.startswith("1. [")
    long = [moment_state(clip_status="made", clip_url="https://c/" + "x" * 900) for _ in range(9)]
    assert fits_discord(digest_message(DUE, long, NONCE))


def test_nonces_are_short_and_each_message_has_its_own() -> None:
    assert len(NONCE) <= 25
    assert nonce_of(1, 10, "live", "s1") == NONCE
    others = {
        nonce_of(2, 10, "live", "s1"),
        nonce_of(1, 11, "live", "s1"),
        nonce_of(1, 10, "moment", "s1"),
        nonce_of(1, 10, "live", "s2"),
        nonce_of(11, 0, "live", ""),
    }
    assert len(others | {NONCE}) == 6


@given(st.sampled_from(["https://a.tv/x", "https://a.tv/x?y=1", "https://a.tv?ss=&z#f"]))
def test_the_marker_is_found_again(address: str) -> None:
    assert nonce_in(marked_address(address, NONCE)) == NONCE
    assert nonce_in("https://a.tv/x") == nonce_in(None) == nonce_in("http://[") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_durations_and_rarity_are_said_in_every_language(language: str) -> None:
    with speaking(language):
        assert duration(59 * 60).startswith("59 ")
        assert re.findall(r"\d+", duration(3600)) == ["1", "0"]
        assert "48" not in rarity(48 * 3600)
        assert rarity(3600) != rarity(7200)


def recap_of(moments: int, *peaks: Peak) -> StreamRecap:
    return StreamRecap(site_url="https://site/", login="ninja", stream_id="s1", moments=moments, peaks=peaks)


def test_the_end_brings_the_recap_with_its_picture() -> None:
    """Each peak is one tap from its clip; the picture's address changes with what it shows."""
    made, without = (Peak(moment=moment_state("closed").moment, clip_url=each) for each in ("https://clip/1", ""))
    ended = polled(ended_at=NOW + seconds(300), revision=4)
    told = notice(stream=ended, best_clip_url="https://c", recap=recap_of(9, made, without))
    message = ended_message(told)
    assert message.content == "**Ninja\\_Cat** was live. Your chat erupted 9 times."
    assert message.card.image_url == "https://site/channels/ninja/streams/s1.png?lang=en&v=4-9"
    fields = {each.name: each.value for each in message.card.fields}
    first, second = fields["Biggest moments"].splitlines()
    assert first.startswith("1. [Chat ")
    assert first.endswith("](https://clip/1)")
    assert second.endswith("](https://site/moments/m3f9a1c2e47b05d68)")
    assert fields["Recap"] == "[The whole stream](https://site/channels/ninja/streams/s1?lang=en)"
    assert "Best clip" not in fields
    with speaking("de"):
        german = ended_message(told)
    assert german.content.endswith("Dein Chat ist 9-mal explodiert.")
    assert "s1.png?lang=de&" in german.card.image_url


def test_a_calm_stream_has_a_recap_and_no_picture() -> None:
    message = ended_message(notice(stream=polled(ended_at=NOW), recap=recap_of(0)))
    assert message.content == "**Ninja\\_Cat** was live."
    assert message.card.image_url == ""
    assert [each.name for each in message.card.fields][-1] == "Recap"


def test_peaks_with_long_addresses_stay_within_discords_limits() -> None:
    peak = Peak(moment=moment_state("closed").moment, clip_url="https://clip/" + "x" * 400)
    message = ended_message(notice(stream=polled(ended_at=NOW), recap=recap_of(5, *[peak] * 5)))
    assert fits_discord(message)
    assert len({each.name: each.value for each in message.card.fields}["Biggest moments"].splitlines()) == 2
