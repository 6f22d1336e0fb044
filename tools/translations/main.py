"""`python -m translations` brings the catalogues up to date, and lists what is still to be translated."""

from translations.extraction import BOT, SITE, Part, catalogue_file, untranslated, updated


def main() -> int:
    """Update every catalogue; the exit code says whether something is still untranslated."""
    return 1 if sum(missing_in(language, part) for part in (SITE, BOT) for language in part.languages) else 0


def missing_in(language: str, part: Part) -> int:
    """Update one catalogue, list what it lacks, and return how much that is."""
    path = catalogue_file(language, part)
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = updated(language, path.read_bytes() if path.exists() else b"", part)
    path.write_bytes(texts)
    open_texts = untranslated(texts, language)
    for text in open_texts:
        print(f"{language}: {text}")
    print(f"{language}: {len(open_texts)} texts to translate in {path}")
    return len(open_texts)
