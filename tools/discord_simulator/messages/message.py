"""A message as a channel keeps it."""

from dataclasses import dataclass, field
from typing import Any

from discord_simulator.clock import iso
from discord_simulator.messages.drafts import EPHEMERAL, LOADING, SILENT, SUPPRESS_EMBEDS, Draft, File, safe_name
from discord_simulator.messages.mentions import Mentions
from discord_simulator.world.people import User

ATTACHED = "attachment://"  # begins the address of a picture that was sent along
PLAIN, REPLY, COMMAND_ANSWER = 0, 19, 20  # a message's type


@dataclass(frozen=True)
class Attachment:
    """A file of a message; `url` is on the simulator's page."""

    attachment_id: int
    file: File
    url: str

    def shape(self) -> dict[str, Any]:
        """Return it as REST shows it."""
        return {
            "id": str(self.attachment_id),
            "filename": self.file.name,
            "size": len(self.file.content),
            "url": self.url,
            "proxy_url": self.url,
            "content_type": self.file.content_type,
        }


@dataclass
class Message:
    """A message. `interaction`: what a person did that it answers; `viewer_id`: the only one who sees it."""

    message_id: int
    channel_id: int
    guild_id: int
    author: User
    sent_at: int
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    mentions: Mentions = field(default_factory=Mentions)
    nonce: str | None = None
    flags: int = 0
    edited_at: int | None = None
    reference: int | None = None
    interaction: dict[str, Any] | None = None
    viewer_id: int | None = None

    @property
    def is_loading(self) -> bool:
        """Return whether it only says that the bot is thinking."""
        return bool(self.flags & LOADING)

    @property
    def is_ephemeral(self) -> bool:
        """Return whether one person alone sees it."""
        return bool(self.flags & EPHEMERAL)

    def age(self, milliseconds: int) -> None:
        """Make it older."""
        self.sent_at -= milliseconds

    def apply(self, draft: Draft, new_files: list[Attachment], at: int | None) -> None:
        """Change what a draft gives. `at`: when it was edited; None: its first text."""
        if "content" in draft.given:
            self.content = draft.content
        if "embeds" in draft.given:
            self.embeds = list(draft.embeds)
        if "components" in draft.given:
            self.components = list(draft.components)
        if "attachments" in draft.given:
            kept = [each for each in self.attachments if each.attachment_id in draft.kept_attachments]
            self.attachments = kept + new_files
        if "flags" in draft.given:
            settable = SUPPRESS_EMBEDS | (SILENT if at is None else 0)
            self.flags = (self.flags & ~settable) | (draft.flags & settable)
        self.edited_at = at if at is not None else self.edited_at

    def restore(self, content: str, embeds: list[dict[str, Any]], edited_at: int | None) -> None:
        """Give it the text that it had in an earlier run."""
        self.content, self.embeds, self.edited_at = content, embeds, edited_at

    def would_be_empty(self, draft: Draft) -> bool:
        """Return whether a draft would leave nothing to show."""
        kept = [each for each in self.attachments if each.attachment_id in draft.kept_attachments]
        left = {
            "content": draft.content if "content" in draft.given else self.content,
            "embeds": draft.embeds if "embeds" in draft.given else self.embeds,
            "components": draft.components if "components" in draft.given else self.components,
            "attachments": [*kept, *draft.files] if "attachments" in draft.given else self.attachments,
        }
        return not any(left.values())

    def finish_loading(self) -> None:
        """End the bot's thinking."""
        self.flags &= ~LOADING

    def shown_embeds(self) -> list[dict[str, Any]]:
        """Return the embeds that are not suppressed, with the addresses of attached pictures."""
        urls = {each.file.name: each.url for each in self.attachments}

        def picture(row: dict[str, Any]) -> dict[str, Any]:
            name = safe_name(row["url"].removeprefix(ATTACHED))
            url = urls.get(name, row["url"]) if row["url"].startswith(ATTACHED) else row["url"]
            return row | {"url": url, "proxy_url": url}

        def resolved(embed: dict[str, Any]) -> dict[str, Any]:
            return embed | {name: picture(embed[name]) for name in ("image", "thumbnail") if name in embed}

        return [] if self.flags & SUPPRESS_EMBEDS else [resolved(embed) for embed in self.embeds]

    def shape(self, people: dict[int, User]) -> dict[str, Any]:
        """Return it as REST shows it."""
        row: dict[str, Any] = {
            "id": str(self.message_id),
            "channel_id": str(self.channel_id),
            "type": COMMAND_ANSWER if self.interaction else REPLY if self.reference else PLAIN,
            "author": self.author.shape(),
            "content": self.content,
            "timestamp": iso(self.sent_at),
            "edited_timestamp": iso(self.edited_at) if self.edited_at else None,
            "tts": False,
            "mention_everyone": self.mentions.is_everyone,
            "mentions": [people[user_id].shape() for user_id in self.mentions.users if user_id in people],
            "mention_roles": [str(role_id) for role_id in self.mentions.roles],
            "attachments": [each.shape() for each in self.attachments],
            "embeds": self.shown_embeds(),
            "components": self.components,
            "pinned": False,
            "flags": self.flags,
        }
        row |= {"nonce": self.nonce} if self.nonce is not None else {}
        row |= {"interaction_metadata": self.interaction} if self.interaction else {}
        if self.author.is_bot:
            row["application_id"] = str(self.author.user_id)
        if self.interaction:
            row["webhook_id"] = str(self.author.user_id)
        if self.reference:
            place = {"message_id": str(self.reference), "channel_id": row["channel_id"]}
            row["message_reference"] = place | {"guild_id": str(self.guild_id), "type": 0}
        return row
