"""Found entries as a terminal shows them."""

LETTERS = {"reliable": "A", "processing": "B"}
NOT_SHOWN = {"_time", "_msg", "_stream", "_stream_id", "machine", "service", "container", "project", "level", "event"}


def line_of(found: dict[str, str]) -> str:
    """Return one entry: time, machine, service, level, message, and what else the service said."""
    shown = " ".join(
        f"{name}={value}"
        for name, value in sorted(found.items())
        if name not in NOT_SHOWN and not name.startswith("log.") and "\n" not in value
    )
    below = [value for name, value in found.items() if name not in NOT_SHOWN and "\n" in value]
    machine = LETTERS.get(found.get("machine", ""), "?")
    head = (
        f"{found['_time'][:23].replace('T', ' ')} {machine} {found.get('service', '?'):<18} {found.get('level', ''):<8}"
    )
    first, *rest = found["_msg"].split("\n")
    return "\n    ".join([" ".join(filter(None, (head, first, shown))), *rest, *"\n".join(below).split("\n")]).rstrip()
