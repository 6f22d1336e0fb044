"""Draws a pool of chat texts in several languages, with the positions of their emotes."""

from dataclasses import dataclass
from random import Random
from typing import Final

from twitch_simulator.crowd.emotes import FOREIGN_EMOTES, GLOBAL_EMOTES, emotes_tag

POOL_SIZE = 3000  # texts per language; chat repeats itself, so a few thousand look natural
PHRASES: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "lol",
        "gg",
        "what was that",
        "no way",
        "nice shot",
        "first time here, hello",
        "that's insane",
        "he's cracked",
        "song name?",
        "when does the run start",
        "I missed it, what happened",
        "W",
        "L",
        "???",
        "go go go",
        "unlucky",
        "you can do it!",
        "is this live?",
        "classic",
        "one more game please",
        "rewind that",
        "actual throw",
    ),
    "es": (
        "jajaja",
        "vamos",
        "qué fue eso",
        "buenísimo",
        "no puede ser",
        "hola a todos",
        "grande",
        "¿qué pasó?",
        "dale",
    ),
    "de": ("haha", "krass", "was war das denn", "servus zusammen", "läuft bei dir", "stark gespielt", "schade"),
    "pt": ("kkkkk", "boa", "que isso", "salve", "vai que dá", "mano do céu", "não acredito", "bom dia galera"),
    "fr": ("mdr", "incroyable", "allez", "bien joué", "c'est quoi ça", "salut tout le monde", "trop fort"),
    "ja": ("草", "うますぎる", "えぐい", "こんにちは", "すごい!", "ナイス", "惜しい", "88888", "初見です"),
    "ko": ("ㅋㅋㅋㅋ", "대박", "와 미쳤다", "안녕하세요", "나이스", "아깝다", "이게 되네", "ㄷㄷ"),
    "zh": ("哈哈哈", "666", "太強了", "這什麼", "安安", "笑死", "可惜", "好扯", "???"),
}
EMOJI: Final = ("😂", "🔥", "👏", "❤️", "😭", "💀", "🎉", "👀", "🤣", "🇧🇷", "👨‍👩‍👧")
LINKS: Final = ("https://example.org/highlights", "https://example.com/watch?v=abc&t=1m2s", "example.net/vod")
MENTIONS: Final = ("@streamer", "@quietfox", "@moss_owl", "@NightBot")


@dataclass(frozen=True, slots=True)
class ChatText:
    """A text and the value of its `emotes` tag. `action`: sent with `/me`."""

    text: str
    emotes: str
    action: bool = False


def make_text(rng: Random, language: str) -> str:
    """Draw a chat text: a phrase, emotes, an emoji, a mention or a link, mixed as in real chat."""
    phrase = rng.choice(PHRASES[language])
    shape = rng.random()
    if shape < 0.45:
        return phrase
    if shape < 0.63:
        return f"{phrase} {rng.choice(tuple(GLOBAL_EMOTES))}"
    if shape < 0.73:
        return " ".join([rng.choice(tuple(GLOBAL_EMOTES))] * rng.randint(1, 4))
    if shape < 0.81:
        return f"{rng.choice(FOREIGN_EMOTES)} {phrase}"
    if shape < 0.88:
        return f"{rng.choice(EMOJI) * rng.randint(1, 3)} {rng.choice(tuple(GLOBAL_EMOTES))} {phrase}"
    if shape < 0.95:
        return f"{rng.choice(MENTIONS)} {phrase}"
    if shape < 0.97:
        return f"{phrase} {rng.choice(LINKS)}"
    return " ".join(rng.choice(PHRASES[language]) for _ in range(rng.randint(4, 12)))


def make_pool(seed: int, language: str, size: int = POOL_SIZE) -> list[ChatText]:
    """Draw the texts of one language; equal seeds give equal pools."""
    rng = Random(f"texts:{seed}:{language}")
    texts = (make_text(rng, language) for _ in range(size))
    return [ChatText(text, emotes_tag(text), rng.random() < 0.004) for text in texts]


def burst_pool(rng: Random, emote: str, size: int = 60) -> list[ChatText]:
    """Draw the texts of a burst: mostly one emote or word, repeated or with a shout."""
    shouts = ("OMG", "NO WAY", "HAHAHA", "LETS GO", "WHAT", "😂😂", "ggggg", "clip that")
    texts = []
    for _ in range(size):
        repeated = " ".join([emote] * rng.choice((1, 1, 1, 2, 3, 5)))
        shape = rng.random()
        texts.append(
            repeated if shape < 0.65 else f"{rng.choice(shouts)} {repeated}" if shape < 0.9 else rng.choice(shouts)
        )
    return [ChatText(text, emotes_tag(text)) for text in texts]
