"""Takes interactions from people to the bot, and the bot's answers back."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from discord_simulator.clock import Clock, Snowflakes
from discord_simulator.commands.bodies import SUGGESTIONS as SUGGESTION_BODY
from discord_simulator.errors import DiscordError, FormErrors, check_types
from discord_simulator.interactions.interaction import (
    ANSWER,
    ANSWER_MS,
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFER,
    DEFER_UPDATE,
    FORM,
    MODAL,
    TOKEN_MS,
    UPDATE,
    Interaction,
)
from discord_simulator.messages.bodies import FORM as FORM_BODY
from discord_simulator.messages.drafts import EPHEMERAL, Draft, File, read_draft
from discord_simulator.messages.message import Message
from discord_simulator.messages.posting import Posting, Publish
from discord_simulator.truth import Truth
from discord_simulator.world.guilds import Channel, Guild
from discord_simulator.world.people import User
from discord_simulator.world.world import World

ANSWERS_TO: Final = {  # which callbacks an interaction of a type takes
    COMMAND: (ANSWER, DEFER, MODAL),
    COMPONENT: (ANSWER, DEFER, DEFER_UPDATE, UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    FORM: (ANSWER, DEFER, DEFER_UPDATE, UPDATE),
}
SUGGESTIONS, SUGGESTION = 25, 100  # most of them, and characters of a name


class Desk:
    """The interactions of the last quarter of an hour."""

    def __init__(
        self, *, world: World, posting: Posting, truth: Truth, clock: Clock, ids: Snowflakes, publish: Publish
    ) -> None:
        self._world, self._posting, self._truth, self._clock = world, posting, truth, clock
        self._ids, self._publish = ids, publish
        self._by_token: dict[str, Interaction] = {}

    def start(
        self,
        kind: int,
        place: tuple[Guild, Channel],
        user: User,
        data: dict[str, Any],
        message: Message | None = None,
        origin: Interaction | None = None,
    ) -> Interaction:
        """Tell the bot what a person does."""
        self._forget()
        guild, channel = place
        interaction = Interaction(
            self._ids.following(), uuid4().hex, kind, guild, channel, user, data, self._clock(), message, origin
        )
        self._by_token[interaction.token] = interaction
        self._note("start", interaction)
        self._publish("INTERACTION_CREATE", guild.guild_id, interaction.shape(self._world.bot, self._world.users))
        return interaction

    def _forget(self) -> None:
        """Drop interactions whose tokens are void; the dictionary is in order of time."""
        limit = self._clock() - TOKEN_MS
        while self._by_token:
            token = next(iter(self._by_token))
            if self._by_token[token].started_at >= limit:
                return
            del self._by_token[token]

    def give_up(self, interaction: Interaction) -> None:
        """Record that the bot did not answer in time."""
        interaction.give_up()
        self._note("unanswered", interaction)

    def latest(self, user_id: int, channel_id: int) -> Interaction | None:
        """Return what a person did last in a channel, suggestions aside."""
        return next((
            each for each in reversed(self._by_token.values())
            if each.user.user_id == user_id and each.channel.channel_id == channel_id and each.kind != AUTOCOMPLETE
        ), None)  # fmt: skip

    def with_token(self, token: str) -> Interaction:
        """Return an interaction whose token is valid. Raises DiscordError 50027."""
        interaction = self._by_token.get(token)
        if interaction is None or self._clock() - interaction.started_at > TOKEN_MS:
            raise DiscordError(50027)
        return interaction

    def callback(self, interaction_id: int, token: str, body: Mapping[str, Any], files: list[File]) -> dict[str, Any]:
        """Take the first answer; return what Discord tells of it. Raises DiscordError."""
        interaction = self._by_token.get(token)
        if interaction is None or interaction.interaction_id != interaction_id:
            raise DiscordError(10062)
        if interaction.answer_kind is not None:
            raise DiscordError(40060)
        if self._clock() - interaction.started_at > ANSWER_MS or interaction.is_given_up:
            raise DiscordError(10062)
        kind, given = body.get("type"), body.get("data")
        data = given if isinstance(given, Mapping) else {}
        if kind not in ANSWERS_TO[interaction.kind]:
            errors = FormErrors()
            errors.add(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {ANSWERS_TO[interaction.kind]}.")
            errors.check()
        message = self._first_answer(interaction, int(kind or 0), data, files)
        interaction.record_answer(int(kind or 0), message)
        self._note("answer", interaction)
        return self._answer_shape(interaction)

    def _first_answer(
        self, interaction: Interaction, kind: int, data: Mapping[str, Any], files: list[File]
    ) -> Message | None:
        """Do what a callback says; return the message that is @original from now on."""
        if kind == CHOICES:
            interaction.record_choices(read_choices(data.get("choices")))
            return None
        if kind == MODAL:
            interaction.open_modal(read_modal(data))
            return None
        draft = read_draft(data, files)
        if kind == DEFER:
            return self._say(interaction, Draft(frozenset()), bool(draft.flags & EPHEMERAL), is_loading=True)
        if kind == ANSWER:
            if draft.is_empty():
                raise DiscordError(50006)
            return self._say(interaction, draft, bool(draft.flags & EPHEMERAL))
        source = interaction.message or (interaction.origin.message if interaction.origin else None)
        if source is not None and kind == UPDATE:
            self._posting.change(source, draft)
        return source

    def _say(self, interaction: Interaction, draft: Draft, is_ephemeral: bool, is_loading: bool = False) -> Message:
        """Put an answer into the channel. Raises DiscordError 10003 or 50001 where that is gone for the bot."""
        guild, channel = self._world.place(interaction.channel.channel_id)
        if self._world.bot.user_id not in guild.members:
            raise DiscordError(50001)
        viewer = interaction.user.user_id if is_ephemeral else None
        metadata, bot_id = interaction.metadata(), self._world.bot.user_id
        message = self._posting.compose(guild, channel, bot_id, draft, metadata, viewer, is_loading)
        return self._posting.keep(message)

    def _answer_shape(self, interaction: Interaction) -> dict[str, Any]:
        message = interaction.original
        row: dict[str, Any] = {"id": str(interaction.interaction_id), "type": interaction.kind}
        resource: dict[str, Any] = {"type": interaction.answer_kind}
        if message is not None:
            row |= {
                "response_message_id": str(message.message_id),
                "response_message_loading": message.is_loading,
                "response_message_ephemeral": message.is_ephemeral,
            }
            resource["message"] = message.shape(self._world.users)
        return {"interaction": row, "resource": resource}

    def original(self, token: str) -> Message:
        """Return the first answer's message. Raises DiscordError 10008, 10015 or 50027."""
        interaction = self.with_token(token)
        if interaction.answer_kind is None:
            raise DiscordError(10015)
        if interaction.original is None:
            raise DiscordError(10008)
        return self._posting.history.find(interaction.channel.channel_id, interaction.original.message_id)

    def own(self, token: str, message_id: str) -> Message:
        """Return one of an interaction's answers: `@original` or an id. Raises DiscordError."""
        if message_id == "@original":
            return self.original(token)
        interaction = self.with_token(token)
        answers = [*interaction.followups, *([interaction.original] if interaction.original else [])]
        if message_id not in (str(each.message_id) for each in answers):
            raise DiscordError(10008)
        return self._posting.history.find(interaction.channel.channel_id, int(message_id))

    def edit(self, token: str, message_id: str, body: Mapping[str, Any], files: list[File]) -> Message:
        """Edit an answer; the first edit of a thinking one is its text. Raises DiscordError."""
        message, draft = self.own(token, message_id), read_draft(body, files)
        return self._posting.change(message, draft, is_first_text=message.is_loading)

    def delete(self, token: str, message_id: str) -> None:
        """Delete an answer. Raises DiscordError."""
        self._posting.remove(self.own(token, message_id))

    def follow_up(self, token: str, body: Mapping[str, Any], files: list[File]) -> Message:
        """Answer further; after a deferred answer the first takes its place. Raises DiscordError."""
        interaction, draft = self.with_token(token), read_draft(body, files)
        if interaction.answer_kind is None:
            raise DiscordError(10015)
        if draft.is_empty():
            raise DiscordError(50006)
        original = interaction.original
        if original is not None and original.is_loading:
            return self._posting.change(original, draft, is_first_text=True)
        message = self._say(interaction, draft, bool(draft.flags & EPHEMERAL))
        interaction.record_followup(message)
        return message

    def _note(self, action: str, interaction: Interaction) -> None:
        now = self._clock()
        self._truth.write(
            "interactions",
            {
                "action": action,
                "at": now,
                "interaction_id": str(interaction.interaction_id),
                "kind": interaction.kind,
                "guild_id": str(interaction.guild.guild_id),
                "channel_id": str(interaction.channel.channel_id),
                "user_id": str(interaction.user.user_id),
                "name": interaction.name(),
                "answer": interaction.answer_kind,
                "after_ms": now - interaction.started_at,
            },
        )


def read_choices(choices: object) -> list[dict[str, Any]]:
    """Check an autocompletion's suggestions. Raises DiscordError 50035."""
    check_types(SUGGESTION_BODY, choices)
    errors = FormErrors()
    rows = choices if isinstance(choices, list) else []
    errors.many(("data", "choices"), rows, SUGGESTIONS)
    for index, row in enumerate(rows):
        errors.text(("data", "choices", index, "name"), row.get("name", ""), SUGGESTION, shortest=1)
        if isinstance(row.get("value"), str):
            errors.text(("data", "choices", index, "value"), row["value"], SUGGESTION)
    errors.check()
    return rows


def read_modal(data: Mapping[str, Any]) -> dict[str, Any]:
    """Check a form: its title, id and up to five fields. Raises DiscordError 50035."""
    check_types(FORM_BODY, data)
    errors = FormErrors()
    errors.text(("data", "title"), data.get("title", ""), 45, shortest=1)
    errors.text(("data", "custom_id"), data.get("custom_id", ""), 100, shortest=1)
    if not data.get("components"):
        errors.add(("data", "components"), "BASE_TYPE_REQUIRED", "This field is required")
    errors.many(("data", "components"), data.get("components") or [], 5)
    errors.check()
    return dict(data)
