"""Makes the messages of an earlier run again from its truth: what everybody saw, without buttons and files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from discord_simulator.messages.message import Message
from discord_simulator.world.people import User


def restored(truth: Path, users: Mapping[int, User]) -> list[Message]:
    """Return what stood there at the end, oldest first; none without a file. A line that a kill cut off is left out."""
    found: dict[int, Message] = {}
    if not truth.exists():
        return []
    with truth.open() as lines:
        for line in lines:
            try:
                row = json.loads(line)
            except ValueError:
                continue
            follow(row, found, users)
    return list(found.values())


def follow(row: Mapping[str, Any], found: dict[int, Message], users: Mapping[int, User]) -> None:
    """Do to the messages what a row says."""
    number, author = int(row["message_id"]), users.get(int(row["author_id"]))
    if row["action"] == "create" and author is not None and not row["ephemeral"]:
        found[number] = Message(
            message_id=number,
            channel_id=int(row["channel_id"]),
            guild_id=int(row["guild_id"]),
            author=author,
            sent_at=row["at"],
            nonce=row["nonce"],
        )
    message = found.get(number)
    if message is None:
        return
    if row["action"] == "delete":
        del found[number]
    elif row["action"] in ("create", "edit"):
        message.restore(row["content"], row["embeds"], row["at"] if row["action"] == "edit" else None)
