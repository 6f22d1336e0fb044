"""The text channels and roles of a server that may be chosen, as the bot sees them."""

from msgspec import Struct


class TextChannel(Struct, frozen=True, kw_only=True):
    """A text channel that the bot sees. `may_post`: whether it may write there, with cards."""

    text_channel_id: int
    name: str
    may_post: bool = True


class Role(Struct, frozen=True, kw_only=True):
    """A role other than @everyone."""

    role_id: int
    name: str


class Places(Struct, frozen=True, kw_only=True):
    """All of a server's, in Discord's order."""

    text_channels: tuple[TextChannel, ...] = ()
    roles: tuple[Role, ...] = ()

    def channel(self, text_channel_id: int | None) -> TextChannel | None:
        """Return a text channel; None if the bot sees none of this id here."""
        return next((each for each in self.text_channels if each.text_channel_id == text_channel_id), None)

    def role(self, role_id: int | None) -> Role | None:
        """Return a role; None if the server has none of this id."""
        return next((each for each in self.roles if each.role_id == role_id), None)
