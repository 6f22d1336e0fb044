"""The table of the Discord bot's benches in docs/discord.md: `python _discord_table.py` writes it."""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
PAGE = Path(__file__).parents[2] / "docs" / "discord.md"
BEGIN, END = "<!-- results/discord_*.json -->\n", "<!-- end of the table -->"
HEAD = "| figure | measured | floor | goal |\n|---|--:|--:|--:|\n"
Line = Mapping[str, Any]


def stored() -> list[Line]:
    """Return the judged figures of all stored results, by the name of their bench; some have none."""
    results = [json.loads(path.read_text()) for path in sorted(RESULTS.glob("discord_*.json"))]
    return [line for result in results for line in result.get("figures", {}).get("table", [])]


def markdown(lines: Iterable[Line]) -> str:
    """Return the table; empty without a figure."""
    rows = [f"| {each['figure']} | {each['measured']:g} | {each['floor']:g} | {each['goal']:g} |\n" for each in lines]
    return HEAD + "".join(rows) if rows else ""


def replaced(page: str, table: str) -> str:
    """Return the page with this table between its two marks. Raises ValueError if they are missing."""
    pattern = re.escape(BEGIN) + ".*?" + re.escape(END)
    if not re.search(pattern, page, re.DOTALL):
        raise ValueError(f"docs/discord.md lacks the line {BEGIN.strip()} or {END}")
    return re.sub(pattern, lambda _: BEGIN + table + END, page, flags=re.DOTALL)


def main() -> int:
    """Write the table into the page."""
    PAGE.write_text(replaced(PAGE.read_text(), markdown(stored())))
    sys.stdout.write(f"{PAGE} is up to date\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
