"""True bursts of many kinds: emotes, chants, shouts, numbers; drawn from other words than the rules look at."""

from random import Random
from typing import Final

from twitch_simulator.crowd.bursts import FAVOURITES
from twitch_simulator.crowd.emotes import FOREIGN_EMOTES, GLOBAL_EMOTES
from twitch_simulator.crowd.play_texts import Writer, made_up, own_emote
from twitch_simulator.crowd.texts import PHRASES, burst_pool

NUMBERS: Final = ("7", "6", "8", "k", "w", "G", "5", "哈", "ㅋ", "草", "?", "!", "O", "D")
SHOUTS: Final = (
    ("NOOO", "no way", "NO", "nooooooo", "oh no", "bruh", "RIP", "F"),
    ("LOL", "lmao", "HAHAHA", "LUL", "im dying", "KEKW KEKW", "xD", "omfg lol"),
    ("WOW", "OMG", "holy", "INSANE", "POG", "that was clean", "what a shot", "WHAT"),
    ("???", "?", "wtf", "what", "huh", "HUH", "wait what", "??????"),
    ("monkaS", "omg run", "AAAAA", "scary", "D:", "nope nope nope"),
    ("jajaja", "JAJAJAJA", "no puede ser", "qué", "madre mía", "LUL"),
    ("kkkkk", "KKKKKKKK", "mano", "que isso", "CARACA", "meu deus"),
    ("hahaha", "alter", "was zum", "krass", "xD", "NEIN", "digga"),
    ("笑死", "哈哈哈哈", "87", "???", "靠", "太扯", "XDDD", "777777"),
)
AFTER_RAID: Final = SHOUTS[:2] + SHOUTS[3:]  # wonder beside gifts cannot be told from joy about them


def emote_writer(rng: Random, _language: str) -> Writer:
    """One emote, with shouts around it."""
    emote = rng.choice((*FAVOURITES, *FOREIGN_EMOTES, own_emote(rng)))
    texts = burst_pool(rng, emote)
    return lambda: rng.choice(texts).text


def chant_writer(rng: Random, _language: str) -> Writer:
    """One word that nobody knows, in many forms."""
    word = rng.choice((made_up(rng), f"{made_up(rng, 2)} {made_up(rng, 2)}"))
    forms = (
        word,
        word.upper(),
        word + word[-1] * 5,
        f"{word} {word}",
        f"{word}!!!",
        word.capitalize(),
        f"{word} {word} {word}",
    )
    return lambda: rng.choice(forms) if rng.random() < 0.85 else rng.choice(FOREIGN_EMOTES)


def shout_writer(rng: Random, language: str) -> Writer:
    """What people shout in one mood, and what is always said."""
    shouts = rng.choice(SHOUTS)
    return lambda: rng.choice(shouts) if rng.random() < 0.8 else rng.choice(PHRASES[language])


def quote_writer(rng: Random, _language: str) -> Writer:
    """What somebody just said, repeated by a crowd that laughs about it."""
    words = [made_up(rng, rng.randint(1, 3)) for _ in range(rng.randint(2, 5))]
    quote = " ".join(words)
    forms = (
        quote,
        quote.upper(),
        f"{quote} LUL",
        f'"{quote}"',
        " ".join(words[-2:]),
        f"{quote} KEKW",
        ". ".join(words),
    )
    return lambda: (
        rng.choice(forms) if rng.random() < 0.7 else rng.choice(("LUL", "KEKW", "lmao", "xD", "HAHAHA", "what"))
    )


def number_writer(rng: Random, _language: str) -> Writer:
    """One letter or digit over and over, as long as each likes."""
    letter = rng.choice(NUMBERS)
    return lambda: letter * rng.choice((1, 3, 5, 8, 13, 20, 30)) if rng.random() < 0.85 else rng.choice(FOREIGN_EMOTES)


def mixed_writer(rng: Random, language: str) -> Writer:
    """Everyone something else."""
    emotes = tuple(rng.sample((*GLOBAL_EMOTES, *FOREIGN_EMOTES), 8))
    return lambda: rng.choice(emotes) if rng.random() < 0.5 else rng.choice(PHRASES[language])


def reaction_writer(rng: Random, language: str) -> Writer:
    """What the picture alone explains: laughter, dismay, fright, puzzlement; for bursts beside a raid or gifts."""
    shouts = rng.choice(AFTER_RAID)
    emotes = ("LUL", "KEKW", "NotLikeThis", "OMEGALUL", "monkaS", "FailFish", "WutFace")
    return lambda: (
        rng.choice(shouts) if rng.random() < 0.6 else rng.choice((rng.choice(emotes), rng.choice(PHRASES[language])))
    )


WRITERS: Final = {
    "emote": emote_writer,
    "chant": chant_writer,
    "shout": shout_writer,
    "quote": quote_writer,
    "number": number_writer,
    "mixed": mixed_writer,
}
