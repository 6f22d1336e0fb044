"""Emotes in a message: whole tokens, by the catalogue in force when it was sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.chat_messages import Emote
from emote_catalogue.emote import GLOBAL, CatalogueEmote
from emote_catalogue.provider import CatalogueProvider, keys_in
from emote_catalogue.versions import SETTLE_MS, Versions
from moment_detection.evidence.chat_message import ChatMessage
from moment_detection.evidence.emotes import EmoteProvider, EmoteProviders, TwitchTag

SECOND = 1_790_000_000
CHANNEL = "22484632"


@pytest.fixture
def versions(tmp_path: Path) -> Iterator[Versions]:
    opened = Versions(tmp_path / "emotes.sqlite")
    names = ("KEKW", "EZ", "Clap", "<b>", "😂", "Kappa", "a" * 500)
    opened.apply(
        CHANNEL, "7tv", [CatalogueEmote(str(number), name) for number, name in enumerate(names)], SECOND * 1000
    )
    opened.apply(GLOBAL, "bttv", [CatalogueEmote("g", "monkaS")], SECOND * 1000)
    yield opened
    opened.close()


def message(text: str, second: int = SECOND + 60, tag: str = "[]") -> ChatMessage:
    return ChatMessage(second, "chatter", "id", tag, text)


def found(versions: Versions, text: str, second: int = SECOND + 60, tag: str = "[]") -> list[str]:
    """The tokens at the places that the provider names."""
    provider: EmoteProvider = CatalogueProvider(versions)
    said = message(text, second, tag)
    return [text[each.start : each.end + 1] for each in provider.emotes_in(said, CHANNEL)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KEKW", ["KEKW"]),
        ("so good KEKW  EZ Clap", ["KEKW", "EZ", "Clap"]),
        ("KEKW KEKW KEKW", ["KEKW"] * 3),
        ("KEKW, !KEKW KEKW. (KEKW) KEKWait", []),
        ("kekw Kekw", []),
        ("KEKW\u3000EZ KEKW\tEZ", []),
        ("😂 <b> monkaS", ["😂", "<b>", "monkaS"]),
        ("😂😂", []),
        ("", []),
        ("   ", []),
        ("a" * 500, ["a" * 500]),
        (" ".join(["EZ"] * 166), ["EZ"] * 166),
        ("KEKW \U000e0000", ["KEKW"]),
    ],
)
def test_a_use_is_a_whole_token(versions: Versions, text: str, expected: list[str]) -> None:
    assert found(versions, text) == expected
    emotes = versions.lookup_at(CHANNEL, (SECOND + 60) * 1000).emotes
    assert list(keys_in(text, emotes)) == [emotes[token] for token in expected]


def test_a_use_names_provider_and_place(versions: Versions) -> None:
    provider = CatalogueProvider(versions)
    assert list(provider.emotes_in(message("😂 monkaS KEKW"), CHANNEL)) == [
        Emote("7tv", "4", 0, 0),
        Emote("bttv", "g", 2, 7),
        Emote("7tv", "0", 9, 12),
    ]


def test_twitchs_own_emotes_count_before_all(versions: Versions) -> None:
    tag = '[{"provider":"twitch","id":"25","start":0,"end":4}]'
    both = EmoteProviders(TwitchTag(), CatalogueProvider(versions))
    emotes = both.emotes_in(message("Kappa Kappa", tag=tag), CHANNEL)
    assert [(each.provider, each.start) for each in emotes] == [("twitch", 0), ("7tv", 6)]


def test_the_catalogue_in_force_when_it_was_sent_counts(versions: Versions) -> None:
    versions.apply(CHANNEL, "7tv", [CatalogueEmote("0", "KEKWait")], (SECOND + 600) * 1000)
    change = SECOND + 600 + SETTLE_MS // 1000
    assert found(versions, "KEKW KEKWait", change - 1) == ["KEKW"]
    assert found(versions, "KEKW KEKWait", change) == ["KEKWait"]
    assert found(versions, "KEKW KEKWait", change - 1) == ["KEKW"]


def test_nothing_is_found_before_the_catalogue_is_known(versions: Versions) -> None:
    assert found(versions, "KEKW", SECOND - 60) == []
    assert list(CatalogueProvider(versions).emotes_in(message("KEKW monkaS"), "another")) == [Emote("bttv", "g", 5, 10)]
