"""Words are found however people write them, and a wrong data file says all that is wrong with it."""

from pathlib import Path

import pytest

from clip_detector import preflight
from moment_detection.causes import vocabulary
from moment_detection.causes.vocabulary import CAUSES, MOODS, Vocabulary, VocabularyError, load


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("LOOOOOL", "laughter"),
        ("hahahaha", "laughter"),
        ("AHAHAHAH", "laughter"),
        ("jajaja!", "laughter"),
        ("kkkkkk", "laughter"),
        ("wwww", "laughter"),
        ("哈哈哈哈", "laughter"),
        ("7777777", "laughter"),
        ("8787", "laughter"),
        ("太好笑了吧笑死", "laughter"),
        ("omegalul", "laughter"),
        ("somebodyLUL somebodyLUL", "laughter"),
        ("\u200bLUL\U000e0000", "laughter"),
        ("WWWW", "hype"),
        ("vaaaamos", "hype"),
        ("auf geht's", "hype"),
        ("666", "awe"),
        ("太神啦", "awe"),
        ("that was a clip, what a shot", "awe"),
        ("noooooo", "dismay"),
        ("que pena", "dismay"),
        ("QQ", "sadness"),
        ("traurig", "sadness"),
        ("TRASH", "anger"),
        ("someoneL", "love"),
        ("que fofo", "love"),
        ("😍", "love"),
        ("monkaS", "fear"),
        ("好可怕", "fear"),
        ("？？？", "confusion"),
        ("WHAAAAT", "confusion"),
    ],
)
def test_a_mood_is_found_in(text: str, mood: str) -> None:
    assert load(MOODS).labels_of(text) == {mood}


@pytest.mark.parametrize(
    "text",
    ["no", "7", "77", "ahh", "哈", "it depends how deep they are", "https://lol.example.org", "a kind of hat", ""],
)
def test_no_mood_is_found_in(text: str) -> None:
    assert load(MOODS).labels_of(text) == frozenset()


def test_the_shipped_files_are_right_and_have_the_languages() -> None:
    assert vocabulary.problems() == []
    import tomllib

    folder = Path(vocabulary.__file__).parent / "words"
    for mood, table in tomllib.loads((folder / MOODS).read_text(encoding="utf-8")).items():
        assert {"en", "es", "de", "pt", "zh"} <= set(table["words"]), mood
    assert {"greetings", "raid", "gifts", "giveaway", "vote", "mode"} <= set(load(CAUSES).labels)


def test_all_that_is_wrong_is_named_at_once() -> None:
    text = """
glee = 3
[joy]
emotes = ["LUL", "two words", 7]
repeats = ["haha", ""]
stretched = ["nooo"]
smells = ["rose"]
words.en = ["fine", " spaced"]
[gloom]
emotes = ["LUL"]
"""
    with pytest.raises(VocabularyError) as refused:
        Vocabulary(text, "my.toml")
    lines = str(refused.value).splitlines()
    wanted = (
        "glee is no table",
        "'two words'",
        "7 in emotes",
        "'haha'",
        "''",
        "'nooo'",
        "smells",
        "' spaced'",
        "'LUL'",
    )
    assert len(lines) == len(wanted)
    for line, part in zip(lines, wanted, strict=True):
        assert line.startswith("my.toml: ")
        assert part in line
    assert "is in joy as well" in lines[-1]
    with pytest.raises(VocabularyError, match="no TOML"):
        Vocabulary("[joy", "my.toml")


def test_a_wrong_file_is_refused_before_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(name: str) -> Vocabulary:
        return Vocabulary("[joy]\nemotes = [7]\n", name)

    monkeypatch.setattr(vocabulary, "load", wrong)
    monkeypatch.setattr(preflight, "PORT_WAIT_SECONDS", 0.0)
    from clip_detector.settings import DetectorSettings

    found = preflight.problems(DetectorSettings(checkpoint_directory=tmp_path, flink_jars=tmp_path))
    assert [line for line in found if "moods.toml" in line]
    assert [line for line in found if "causes.toml" in line]
