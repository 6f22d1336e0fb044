"""`python -m translations` brings the catalogues up to date, and lists what is still to be translated."""

from api_frontend.reader import DEFAULT, LANGUAGES
from translations.extraction import catalogue_file, untranslated, updated


def main() -> int:
    """Update every catalogue; the exit code says whether something is still untranslated."""
    missing = 0
    for language in LANGUAGES:
        if language == DEFAULT:
            continue
        path = catalogue_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        texts = updated(language, path.read_bytes() if path.exists() else b"")
        path.write_bytes(texts)
        open_texts = untranslated(texts, language)
        missing += len(open_texts)
        for text in open_texts:
            print(f"{language}: {text}")
        print(f"{language}: {len(open_texts)} texts to translate in {path}")
    return 1 if missing else 0
