"""The table of the disk's bench in docs/scale.md."""

import re
from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]
BEGIN, END = "<!-- results/disk.json, written by the bench -->\n", "<!-- end of the table -->"
ABSENT = "–"


def speed(name: str) -> float:
    """Return the place of a row among the others: by its milliseconds, with what has none at the end."""
    first = name.split()[0]
    return float(first) if first.isdecimal() else float("inf")


def of_machine(row: Row, machine: str, figure: str) -> float | None:
    """Return the sum of a figure over a machine's parts, None if a part was not counted."""
    values = [part[figure] for part in row["parts"].values() if part["machine"] == machine]
    return None if None in values else round(sum(values), 3)


def lines(row: Row) -> dict[str, str]:
    """Return what the table says of one speed of the disk."""
    kafka, page = row["seconds_from_crossing_to_kafka"], row["seconds_from_crossing_to_page"]
    return {
        "burst to Kafka, median / p95, s": f"{kafka['p50']:.1f} / {kafka['p95']:.1f}",
        "burst to the open page, median / p95, s": f"{page['p50']:.1f} / {page['p95']:.1f}",
        "syncs a second, B / A": f"{_whole(row, 'B', 'syncs_per_second')} / {_whole(row, 'A', 'syncs_per_second')}",
        "written a day, B, GB": _whole(row, "B", "written_gb_per_day"),
        "share of a core, B / Kafka alone": f"{of_machine(row, 'B', 'share_of_a_core') or 0:.0%} / "
        f"{row['parts']['kafka']['share_of_a_core']:.0%}",
        "memory (PSS), B, MB": _whole(row, "B", "pss_mb"),
        "changes of holder": str(row["changes_of_holder"]),
    }


def _whole(row: Row, machine: str, figure: str) -> str:
    total = of_machine(row, machine, figure)
    return ABSENT if total is None else f"{total:,.0f}"


def markdown(rows: Mapping[str, Row]) -> str:
    """Return the table, one column for each speed of the disk."""
    columns = {
        name: lines(row) for name, row in sorted(rows.items(), key=lambda each: speed(each[0])) if "parts" in row
    }
    labels = list(next(iter(columns.values()), {}))
    head = f"| | {' | '.join(columns)} |\n|---|{'--:|' * len(columns)}\n"
    return head + "".join(
        f"| {label} | {' | '.join(column[label] for column in columns.values())} |\n" for label in labels
    )


def replaced(page: str, table: str) -> str:
    """Return the page with this table between its two marks. Raises ValueError if they are missing."""
    pattern = re.escape(BEGIN) + ".*?" + re.escape(END)
    if not re.search(pattern, page, re.DOTALL):
        raise ValueError(f"docs/scale.md lacks the line {BEGIN.strip()} or {END}")
    return re.sub(pattern, lambda _: BEGIN + table + END, page, flags=re.DOTALL)
