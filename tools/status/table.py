"""The table as people and programs read it."""

import json
import textwrap

from status.line import Line, age, worst

WIDTH = 80  # columns
NAME, STATE, FRESHNESS = 15, 8, 11  # columns of each
INDENT = " " * (NAME + STATE + FRESHNESS)


def text(lines: list[Line]) -> str:
    """The table, at most 80 columns wide but for the commands."""
    rows = [f"{'stage':<{NAME}}{'state':<{STATE}}{'freshness':<{FRESHNESS}}backlog"]
    commands = [line.next for line in lines if line.next]
    for line in lines:
        head = f"{line.name:<{NAME}}{line.state.value:<{STATE}}{age(line.freshness):<{FRESHNESS}}"
        rows += textwrap.wrap(line.backlog, WIDTH, initial_indent=head, subsequent_indent=INDENT) or [head.rstrip()]
        if line.next:
            commands.pop(0)
            rows += [f"  next: {line.next}"] if commands[:1] != [line.next] else []  # said once for stages in a row
    return "\n".join(rows)


def as_json(lines: list[Line]) -> str:
    """The same for programs; ages in seconds, sizes in bytes."""
    stages = [
        {
            "name": line.name,
            "state": line.state.value,
            "freshness_seconds": line.freshness,
            "backlog": line.backlog,
            "figures": dict(line.figures),
            "next": line.next,
        }
        for line in lines
    ]
    return json.dumps({"state": worst(lines).value, "stages": stages}, indent=2)
