"""What a crowd writes between bursts and in them, as on a site in use: words of words/talk.toml and reactions.toml."""

from random import Random
from typing import Any, Final

from twitch_simulator.crowd.emotes import emotes_tag
from twitch_simulator.crowd.foreign_emotes import draw_name
from twitch_simulator.crowd.texts import POOL_SIZE, ChatText
from twitch_simulator.crowd.word_files import read_words

MOODS: Final[dict[str, dict[str, Any]]] = read_words("reactions")
LEAD_SHARE = 0.5  # of a burst's texts have the emote that this crowd favours
REPEATS: Final = (1, 1, 1, 1, 2, 2, 3, 4, 7)  # of an emote in one text
RARER_SHARE = 0.5  # of the emotes in ordinary chat are drawn from all that the other providers have
FAVOURED = 2.0  # exponent: the first emotes of a list are written far more often than the last


def draw_mood(rng: Random) -> str:
    """Draw a mood by weight."""
    return rng.choices(tuple(MOODS), [mood["weight"] for mood in MOODS.values()])[0]


def has_waves(mood: str) -> bool:
    """Return whether a crowd in this mood swells and ebbs, as in cheering."""
    return bool(MOODS[mood].get("waves"))


def favoured(rng: Random, texts: list[str]) -> str:
    """Draw a text, the first ones of the list most often."""
    return texts[int(len(texts) * rng.random() ** FAVOURED)]


def lead_emote(rng: Random, mood: str) -> str:
    """Draw the emote that a crowd in this mood favours."""
    return favoured(rng, MOODS[mood]["emotes"])


def reaction_pool(rng: Random, mood: str, language: str, lead: str, size: int = 90) -> list[ChatText]:
    """Draw the texts of a burst: half with the lead emote, the others other emotes and shouts of the mood."""
    texts = [_reaction(rng, MOODS[mood], language, lead) for _ in range(size)]
    return [ChatText(text, emotes_tag(text)) for text in texts]


def _reaction(rng: Random, words: dict[str, Any], language: str, lead: str) -> str:
    shouts = words[language] if rng.random() < 0.85 else words["en"]
    shape = rng.random()
    if shape < LEAD_SHARE:
        repeated = " ".join([lead] * rng.choice(REPEATS))
        return f"{rng.choice(shouts)} {repeated}" if rng.random() < 0.25 else repeated
    if shape < 0.62:
        return " ".join([favoured(rng, words["emotes"])] * rng.choice(REPEATS))
    if shape < 0.68:
        return str(rng.choice(words["all"]))
    return str(rng.choice(shouts))


def talk_pool(seed: int, language: str, size: int = POOL_SIZE) -> list[ChatText]:
    """Draw the ordinary texts of one language; equal seeds give equal pools."""
    rng, rarer = Random(f"talk:{seed}:{language}"), Random(f"rarer emotes:{seed}:{language}")
    return [ChatText(text, emotes_tag(text)) for text in (_remark(rng, rarer, language) for _ in range(size))]


def _remark(rng: Random, rarer: Random, language: str) -> str:
    words = read_words("talk")
    talk, short = rng.choice(words[language]["talk"]), rng.choice(words[language]["short"])
    emote, shape = favoured(rng, words["emotes"]), rng.random()
    if rarer.random() < RARER_SHARE:
        emote = draw_name(rarer)
    if shape < 0.42:
        return str(talk)
    if shape < 0.62:
        return str(short)
    if shape < 0.76:
        return f"{talk if rng.random() < 0.5 else short} {emote}"
    if shape < 0.86:
        return " ".join([emote] * rng.choice((1, 1, 1, 2, 3)))
    if shape < 0.94:
        return f"{rng.choice(words['mentions'])} {talk}"
    if shape < 0.97:
        return f"{talk} {rng.choice(words['emoji'])}"
    return str(rng.choice(words["commands"]))
