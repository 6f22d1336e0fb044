"""How texts are written in LogsQL, VictoriaLogs' language."""

import msgspec


def quoted(text: str) -> str:
    """Return a text as LogsQL's string."""
    return msgspec.json.encode(text).decode()
