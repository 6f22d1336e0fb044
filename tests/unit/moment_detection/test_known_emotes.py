"""moods.toml knows what the commonest emotes of 7TV, BetterTTV and FrankerFaceZ mean, and which mean nothing."""

import pytest

from moment_detection.causes.moods import mood_of
from moment_detection.causes.names import known_name
from moment_detection.causes.vocabulary import MOODS, load
from moment_detection.evidence.chat_message import ChatMessage

COMMONEST = {
    "laughter": "KEKW OMEGALUL LULW LuL LULE PepeLaugh ICANT xdd KEKL Tomfoolery AINTNOWAY MEGALUL OMEGADANCE ome5",
    "awe": "Pog PogU POGGERS POGCRAZY POGSLIDE PagMan PauseChamp WICKED SHEESH GIGACHAD EZ Clap NOWAYING BASED 5Head",
    "hype": "HYPERS LETSGO catJAM ratJAM pepeD PepePls pepeJAM blobDance AlienPls gachiBASS vibee RAVE YIPPIE",
    "dismay": "Despair Deadge PAIN Aware WeirdChamp Pepega PepegaAim FeelsWeirdMan JOEVER OOF Bedge Facepalm",
    "sadness": "Sadge PepeHands FeelsBadMan peepoSad widepeepoSad BLUBBERS SadCat SAJ sadE Stronge",
    "anger": "Madge RAGEY ReallyMad FeelsAngryMan Smadge MALDING Stare NOPERS",
    "love": "peepoHappy widepeepoHappy peepoLove peepoHug catKISS FeelsOkayMan Okayge Gladge AngelThump PETPET",
    "fear": "monkaS monkaW monkaGIGA monkaX monkaTOS monkaEyes PANIC peepoScared NervousSip Concerned",
    "confusion": "HUH WHAT Susge modCheck Hmm HmmNotes Thinkge PepoThink WAIT waitWhat Erm uuh Shruge",
}
WITHOUT_A_MOOD = "COPIUM NODDERS YEP MODS GAMBA NOTED Chatting KKona Corpa Listening Looking HACKERMANS SCHIZO donoWall"


def moods_of(token: str) -> frozenset[str]:
    """The moods of a message that is one token in a longer text, where single words do not count."""
    return load(MOODS).labels_of(f"{token} is the token of this much longer text")


def test_a_hundred_names_have_their_mood() -> None:
    found = {name: mood for mood, names in COMMONEST.items() for name in names.split()}
    assert len(found) >= 100
    assert {name: set(moods_of(name)) for name in found} == {name: {mood} for name, mood in found.items()}
    assert [name for name in found if known_name(name) != name] == []


def test_what_says_nothing_of_the_crowd_has_no_mood() -> None:
    assert {name for name in WITHOUT_A_MOOD.split() if moods_of(name)} == set()


@pytest.mark.parametrize("token", ["catjam", "pog", "KEKWS", "xKEKW", "monkas", "Kekw"])
def test_a_name_is_a_whole_token_with_its_case(token: str) -> None:
    assert moods_of(token) == frozenset()


def test_a_crowd_that_writes_them_has_their_mood() -> None:
    crowd = [ChatMessage(1, f"c{number}", f"{number:08x}", "[]", "ReallyMad") for number in range(8)]
    assert mood_of(crowd) == ("anger", 1.0)
