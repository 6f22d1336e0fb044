"""Finds the texts in code and templates, and brings a catalogue up to date with them."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from api_frontend import reader
from discord_notices import wording

ROOT = Path(__file__).parents[2]
LIBRARIES = ROOT / "libraries"
LEAD = LIBRARIES / "moment_detection" / "lead.py"


@dataclass(frozen=True)
class Part:
    """A folder with catalogues of its own. `shared`: files elsewhere whose texts they hold too."""

    folder: Path
    shared: tuple[Path, ...]
    languages: tuple[str, ...]


SITE = Part(
    ROOT / "services" / "api_frontend",
    (LEAD, LIBRARIES / "contracts" / "moment_words.py"),
    tuple(code for code in reader.LANGUAGES if code != reader.DEFAULT),
)
BOT = Part(
    LIBRARIES / "discord_notices",
    (LEAD, *sorted((ROOT / "services" / "discord_bot").rglob("*.py"))),
    tuple(code for code in wording.LANGUAGES if code != wording.DEFAULT),
)
KEYWORDS = {"_": None, "gettext": None, "marked": None, "ngettext": (1, 2)}
JINJA = {
    "trimmed": "true",
    "newstyle_gettext": "true",
    "silent": "false",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
}
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plural_forms}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def catalogue_file(language: str, part: Part = SITE) -> Path:
    """Return where a language's texts are."""
    return part.folder / "locale" / language / "LC_MESSAGES" / "messages.po"


def sources(part: Part) -> Iterator[tuple[str, Path]]:
    """Yield every file that may hold texts, with the way to read it."""
    for path in (*sorted(part.folder.rglob("*.py")), *part.shared):
        yield "python", path
    for path in sorted((part.folder / "templates").glob("*")):
        yield "jinja2.ext:babel_extract", path


def found_texts(part: Part = SITE) -> Catalog:
    """Return all texts, each with the files that say it."""
    found = Catalog()
    for way, path in sources(part):
        with path.open("rb") as file:
            for _, message, _, _ in extract(way, file, KEYWORDS, options=JINJA):
                found.add(message, locations=[(str(path.relative_to(ROOT)), 0)])
    return found


def updated(language: str, known: bytes, part: Part = SITE) -> bytes:
    """Return the catalogue with the texts of now: new ones are still empty, those that nobody says are gone."""
    catalogue = read_po(io.BytesIO(known), locale=language)
    catalogue.update(found_texts(part), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    body = io.BytesIO()
    write_po(body, catalogue, width=120, omit_header=True, sort_output=True, include_lineno=False)
    header = HEADER.format(language=language, plural_forms=catalogue.plural_forms)
    return (header + body.getvalue().decode().strip() + "\n").encode()


def untranslated(known: bytes, language: str) -> list[str]:
    """Return the texts that a catalogue has no translation of."""
    catalogue = read_po(io.BytesIO(known), locale=language)
    return [str(each.id) for each in catalogue if each.id and (each.fuzzy or not all_said(each.string))]


def all_said(string: str | tuple[str, ...] | list[str] | None) -> bool:
    """Return whether every form of a message has its words."""
    return all(string if isinstance(string, (tuple, list)) else [string])
