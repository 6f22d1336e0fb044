"""The languages of streams by Twitch's codes."""

from functools import cache

from babel import Locale

from api_frontend.reader import CURRENT, DEFAULT

LANGUAGES = {
    "ar": "Arabic",
    "asl": "American Sign Language",
    "bg": "Bulgarian",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "hi": "Hindi",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "ms": "Malay",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sv": "Swedish",
    "th": "Thai",
    "tl": "Tagalog",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
    "zh-hk": "Chinese (Hong Kong)",
}


CODES = {"asl": "ase", "zh-hk": "yue"}  # Twitch's own, by those of CLDR; the others are the same


@cache
def names_in(language: str) -> dict[str, str]:
    """Return the languages' names in another one than English."""
    return {code: Locale.parse(language).languages[CODES.get(code, code)] for code in LANGUAGES}


def language_name(code: str) -> str:
    """Name a language; an unknown code stands for itself."""
    reader = CURRENT.get()
    names = LANGUAGES if reader.language == DEFAULT else names_in(reader.language)
    return names.get(code, code)
