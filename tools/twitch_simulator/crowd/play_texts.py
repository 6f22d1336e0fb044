"""Draws what people write in a play: raid calls, thanks, votes, copied texts."""

from collections.abc import Callable
from random import Random
from typing import Final

from twitch_simulator.crowd.chatters import FIRST, SECOND
from twitch_simulator.crowd.emotes import FOREIGN_EMOTES, GLOBAL_EMOTES
from twitch_simulator.crowd.texts import EMOJI, PHRASES

Writer = Callable[[], str]  # returns the next person's text
SYLLABLES: Final = ("ka", "lo", "mi", "ru", "ten", "dor", "va", "pi", "sho", "gra", "nel", "xi", "bo", "quu", "zem")
GREETINGS: Final = {
    "en": (
        "hi",
        "hello!",
        "hey chat",
        "heyy",
        "hiii",
        "good evening",
        "yo",
        "hello everyone how are we",
        "morning all",
    ),
    "es": ("hola", "holaaa", "buenas", "buenas a todos", "buenas noches gente"),
    "de": ("hallo", "moin", "moin moin", "servus", "guten abend zusammen", "huhu"),
    "pt": ("oi", "oii", "boa noite", "salve", "opa", "bom dia gente"),
    "fr": ("salut", "coucou", "bonsoir", "bonjour à tous"),
    "ja": ("こんにちは", "こんばんは!", "おはよう"),
    "ko": ("안녕하세요", "하이", "안녕"),
    "zh": ("安安", "大家好", "哈囉", "晚安安", "主播好", "早安"),
}
WELCOMES: Final = {
    "en": ("welcome raiders", "welcome in!", "hi raiders", "omg a raid", "welcome everyone <3"),
    "es": ("bienvenidos", "bienvenidos a todos", "hola raiders"),
    "de": ("willkommen", "willkommen raider", "hallo raid"),
    "pt": ("bem vindos", "bem-vindos raiders", "olha a raid"),
    "fr": ("bienvenue", "bienvenue les raiders"),
    "ja": ("ようこそ", "レイドありがとう"),
    "ko": ("어서와요", "레이드 감사"),
    "zh": ("歡迎", "歡迎揪團", "歡迎大家"),
}
THANKS: Final = {
    "en": (
        "thank you for the gift!",
        "ty for the sub",
        "W gifter",
        "so many gifts",
        "i dodged again",
        "gifted PogChamp",
        "thanks for the sub <3",
    ),
    "es": ("gracias por la sub", "cuántos regalos", "gracias por el sub <3"),
    "de": ("danke für den sub", "so viele subs verschenkt", "stark verschenkt", "danke danke"),
    "pt": ("valeu pelo sub", "obrigado pelo sub <3", "quantos presentes"),
    "fr": ("merci pour le sub", "que de cadeaux"),
    "ja": ("サブギフありがとう", "太っ腹"),
    "ko": ("구독 선물 감사", "선물 대박"),
    "zh": ("謝謝老闆", "感謝送訂", "老闆大氣", "謝謝訂閱"),
}
FREED: Final = {
    "en": ("we are free", "finally i can type", "FREEDOM", "no more sub mode", "plebs are back"),
    "es": ("por fin libres", "libertad", "ya no hay modo sub"),
    "de": ("endlich frei", "kein sub modus mehr", "freiheit"),
    "pt": ("liberdade", "acabou o modo sub", "enfim livre"),
    "fr": ("enfin libres", "plus de mode sub"),
    "ja": ("サブ限定おわり", "やっと書ける"),
    "ko": ("구독자 모드 끝", "드디어"),
    "zh": ("自由了", "終於可以講話", "訂閱模式解除"),
}
ENTRIES: Final = (
    "!join",
    "!enter",
    "!raffle",
    "!ticket 5",
    "!giveaway",
    "!sorteo",
    "!participar",
    "!teilnehmen",
    "!play",
)
NOISE: Final = (0.03, 0.35)  # share of unrelated messages in a play
OPTIONS: Final = (
    ("1", "2"), ("1", "1", "1", "2"), ("1",), ("A", "B"), ("1", "2", "3"), ("a", "b", "c"), ("yes", "no"),
    ("111", "222"), ("+1",), ("4", "7"), ("ja", "nein"), ("sí", "no"),
)  # fmt: skip
INSISTING: Final = ("please", "!!", "1", "for sure", "obviously", "lol")
COMMANDS: Final = (
    "!points",
    "!drop",
    "!slots 100",
    "!duel",
    "!gamble all",
    "!fish",
    "!hug",
    "!heist 500",
    "!watchtime",
    "!sr",
)


def pick(texts: dict[str, tuple[str, ...]], language: str) -> tuple[str, ...]:
    """Return the texts of a language, else the English ones."""
    return texts.get(language, texts["en"])


def made_up(rng: Random, syllables: int = 3) -> str:
    """Make up a word."""
    return "".join(rng.choice(SYLLABLES) for _ in range(syllables))


def own_emote(rng: Random) -> str:
    """Make up the name of a channel's own emote."""
    return made_up(rng, 2)[:5] + rng.choice(("Hype", "Wow", "Cool", "Dance", "Hi", "Nice", "Zap", "Moo", "Love"))


def call(rng: Random) -> str:
    """Draw the text that raiders paste."""
    name = rng.choice((rng.choice(FIRST), rng.choice(SECOND), made_up(rng))).upper()
    emote = rng.choice((own_emote(rng), rng.choice(EMOJI), rng.choice(tuple(GLOBAL_EMOTES))))
    form = rng.choice(
        ("{e} {n} RAID {e}", "{n} SQUAD {e} {n} SQUAD {e}", "{e} {e} {n} IS HERE", "{n} RAID {e} {e} {e}")
    )
    return form.format(e=emote, n=name)


def copied_text(rng: Random, language: str) -> str:
    """Draw a copypasta: a sentence of phrases, or a nonsense story."""
    phrases = PHRASES[language]
    if rng.random() < 0.5:
        return " ".join(dict.fromkeys(rng.choice(phrases) for _ in range(12)))[:200]
    words = [made_up(rng, rng.randint(1, 4)) for _ in range(rng.randint(9, 25))]
    words.insert(rng.randrange(len(words)), rng.choice(phrases))
    return " ".join(words).capitalize()[:200]


def cut(rng: Random, text: str) -> str:
    """Vary a pasted text: sometimes append an emote or omit its beginning."""
    draw = rng.random()
    if draw < 0.15:
        return f"{text} {rng.choice(FOREIGN_EMOTES)}"
    return text[rng.randrange(4) :] if draw < 0.2 else text


def bot_text(rng: Random, template: str) -> str:
    """Vary a bot's template with random letters and digits."""
    tag = "".join(rng.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(rng.randint(5, 9)))
    return f"{template} {tag}" if rng.random() < 0.7 else f"{tag} {template}"


def template(rng: Random) -> str:
    """Draw a spam bot's template."""
    name = made_up(rng)
    return rng.choice(
        (
            f"Cheap viewers and followers on {name} . com, remove the space",
            f"Best promo code for {name} skins today only, get it at {name}.shop/free",
            f"Hey do you want to become famous? Buy primes and viewers at {name}.ru",
            f"I am a {name} graphic designer and I make banners, message me for a nice offer",
        )
    )


def chatter_text(rng: Random, language: str) -> str:
    """Draw an unrelated message: half of them usual phrases, half without meaning."""
    if rng.random() < 0.5:
        return rng.choice(PHRASES[language])
    return " ".join(made_up(rng, rng.randint(1, 3)) for _ in range(rng.randint(1, 8)))


def with_noise(rng: Random, language: str, writer: Writer) -> Writer:
    """Mix a random share of unrelated messages into a writer."""
    share = rng.uniform(*NOISE)
    return lambda: chatter_text(rng, language) if rng.random() < share else writer()


def mixed(rng: Random, *choices: tuple[float, Writer]) -> Writer:
    """Return a writer that draws among writers by weight."""
    weights = [weight for weight, _ in choices]
    writers = [writer for _, writer in choices]
    return lambda: rng.choices(writers, weights)[0]()


def one_of(rng: Random, texts: tuple[str, ...]) -> Writer:
    """Return a writer that draws among texts."""
    return lambda: rng.choice(texts)


def raid_writer(rng: Random, language: str) -> Writer:
    """Write for a raid: many paste the call, some greet, the room welcomes them."""
    pasted = call(rng)
    return mixed(
        rng,
        (rng.uniform(0.35, 0.75), lambda: " ".join([pasted] * rng.choice((1, 1, 1, 2)))),
        (0.15, one_of(rng, pick(GREETINGS, language))),
        (0.2, one_of(rng, pick(WELCOMES, language))),
    )


def gift_writer(rng: Random, language: str) -> Writer:
    """Write for gift subs: thanks, hearts and surprise."""
    emote = own_emote(rng)
    return mixed(
        rng,
        (rng.uniform(0.3, 0.7), one_of(rng, pick(THANKS, language))),
        (0.2, one_of(rng, ("PogChamp", "POGGERS", "<3 <3 <3", "Clap", "🎉🎉"))),
        (0.15, lambda: " ".join([emote] * rng.randint(1, 4))),
    )


def giveaway_writer(rng: Random, _language: str) -> Writer:
    """Write for a giveaway: everyone enters by the same command, tag or word."""
    entry = rng.choice((rng.choice(ENTRIES), rng.choice(ENTRIES), f"#{made_up(rng)}", ""))
    word = entry or made_up(rng)
    explained = one_of(rng, (f"type {word} for the giveaway", "giveaway time", "抽獎 抽獎", "sorteo chicos"))
    return mixed(rng, (0.92, one_of(rng, (word, word, word, word.upper()))), (0.08, explained))


def command_writer(rng: Random, _language: str) -> Writer:
    """Write for bot games: everyone uses the same commands."""
    return one_of(rng, tuple(rng.sample(COMMANDS, rng.randint(1, 3))))


def vote_writer(rng: Random, _language: str) -> Writer:
    """Write for a vote: everyone names an option, a few with more words."""
    options = rng.choice(OPTIONS)
    return mixed(rng, (0.9, one_of(rng, options)), (0.1, lambda: f"{rng.choice(options)} {rng.choice(INSISTING)}"))


def copypasta_writer(rng: Random, language: str) -> Writer:
    """Write for a copypasta: everyone pastes the same long text."""
    text = copied_text(rng, language)
    return lambda: cut(rng, text)


def bot_writer(rng: Random, _language: str) -> Writer:
    """Write for spam bots: nearly identical texts."""
    text = template(rng)
    return lambda: bot_text(rng, text)


def greeting_writer(rng: Random, language: str) -> Writer:
    """Write greetings for a stream that has just started."""
    greetings, name = pick(GREETINGS, language), made_up(rng)
    return mixed(
        rng,
        (0.7, one_of(rng, greetings)),
        (0.15, lambda: f"{rng.choice(greetings)} {name}"),
        (0.15, one_of(rng, ("HeyGuys", "VoHiYo", "👋", "HeyGuys HeyGuys"))),
    )


def emotes_writer(rng: Random, _language: str) -> Writer:
    """Write for emote-only mode: nothing but emotes."""
    favourites = tuple(rng.sample(tuple(GLOBAL_EMOTES), 6))
    return lambda: " ".join(rng.choice(favourites) for _ in range(rng.randint(1, 4)))


def freed_writer(rng: Random, language: str) -> Writer:
    """Write for a rule that was lifted: half of the messages are about it."""
    return mixed(rng, (0.5, one_of(rng, pick(FREED, language))), (0.5, lambda: chatter_text(rng, language)))
