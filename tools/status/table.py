"""Formats the table as text and as JSON."""

import json
import textwrap

from status.line import StageStatus, worst
from status.units import age_text

WIDTH = 80  # columns
NAME, STATE, AGE = 15, 9, 9  # columns of each
INDENT = " " * (NAME + STATE + AGE)


def text(lines: list[StageStatus]) -> str:
    """Format the table, at most 80 columns wide except for the commands."""
    rows = [f"{'stage':<{NAME}}{'state':<{STATE}}{'age':<{AGE}}details"]
    commands = [line.next for line in lines if line.next]
    for line in lines:
        head = f"{line.name:<{NAME}}{line.state.value:<{STATE}}{age_text(line.age):<{AGE}}"
        rows += textwrap.wrap(line.details, WIDTH, initial_indent=head, subsequent_indent=INDENT) or [head.rstrip()]
        if line.next:
            commands.pop(0)
            rows += [f"  next: {line.next}"] if commands[:1] != [line.next] else []  # once for consecutive stages
    return "\n".join(rows)


def as_json(lines: list[StageStatus]) -> str:
    """Format the table as JSON; ages in seconds, sizes in bytes."""
    stages = [
        {
            "name": line.name,
            "state": line.state.value,
            "age_seconds": line.age,
            "details": line.details,
            "figures": dict(line.figures),
            "next": line.next,
        }
        for line in lines
    ]
    return json.dumps({"state": worst(lines).value, "stages": stages}, indent=2)
