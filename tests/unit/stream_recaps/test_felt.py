"""What an hour's emotes say of its mood."""

from stream_recaps.felt import RecapEmote, felt_hour, moods_of


def emote(name: str, uses: int) -> RecapEmote:
    """An emote that was used so often."""
    return RecapEmote("7tv", name, name, uses, 5)


def test_moods_have_their_share_of_what_says_one() -> None:
    assert moods_of([emote("KEKW", 60), emote("PogChamp", 30), emote("unheardOfXyz", 900)]) == {
        "laughter": 0.667,
        "awe": 0.333,
    }


def test_few_uses_say_nothing() -> None:
    assert moods_of([emote("KEKW", 9)]) == {}
    assert moods_of([]) == {}


def test_a_mood_of_hardly_anyone_is_left_out() -> None:
    assert list(moods_of([emote("KEKW", 95), emote("PogChamp", 5)])) == ["laughter"]


def test_an_hour_keeps_its_most_used_emotes() -> None:
    found = felt_hour([emote("KEKW", 60), emote("LUL", 20), emote("Pog", 1)], 2)
    assert [each.name for each in found.emotes] == ["KEKW", "LUL"]
    assert found.moods["laughter"] > 0.9
