"""Users, and what they are in a server."""

from dataclasses import dataclass, field
from typing import Any

from discord_simulator.clock import iso


@dataclass(frozen=True)
class User:
    """A person or a bot. `locale` is the language of the person's own Discord."""

    user_id: int
    name: str
    shown_name: str
    locale: str = "en-US"
    is_bot: bool = False

    def shape(self) -> dict[str, Any]:
        """Return it as REST and gateway show it."""
        return {
            "id": str(self.user_id),
            "username": self.name,
            "global_name": self.shown_name,
            "discriminator": "0",
            "avatar": None,
            "bot": self.is_bot,
            "public_flags": 0,
        }


@dataclass
class Member:
    """A user in a server, with the ids of the roles other than @everyone."""

    user: User
    joined_at: int  # ms since 1970
    role_ids: list[int] = field(default_factory=list)
    nick: str | None = None

    def give(self, role_id: int) -> None:
        """Give a role."""
        if role_id not in self.role_ids:
            self.role_ids.append(role_id)

    def take(self, role_id: int) -> None:
        """Take a role away."""
        self.role_ids = [each for each in self.role_ids if each != role_id]

    def shown_name(self) -> str:
        """Return the name that the server sees."""
        return self.nick or self.user.shown_name

    def shape(self) -> dict[str, Any]:
        """Return it without its user, as in a message."""
        return {
            "nick": self.nick,
            "avatar": None,
            "roles": [str(role_id) for role_id in self.role_ids],
            "joined_at": iso(self.joined_at),
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
            "communication_disabled_until": None,
        }

    def full_shape(self) -> dict[str, Any]:
        """Return it with its user."""
        return self.shape() | {"user": self.user.shape()}
