"""A second run has the messages of the first: as they were edited last, without what was deleted or for one person."""

from pathlib import Path

import pytest

from discord_simulator.discord import Discord, build
from discord_simulator.errors import DiscordError
from discord_simulator.messages.drafts import read_draft
from discord_simulator.settings import DiscordSettings

LINES = ("one", "two", "three")


def run(folder: Path, **changes: bool) -> Discord:
    return build(DiscordSettings(guilds=1, truth_file=folder / "truth", **changes))


def test_a_second_run_goes_on_with_the_messages_of_the_first(tmp_path: Path) -> None:
    first = run(tmp_path)
    (guild,), bot = first.world.joined(), first.world.bot.user_id
    channel_id = next(each.channel_id for each in guild.channels.values() if each.name == "live")
    sent = [first.posting.send(bot, channel_id, read_draft({"content": text})) for text in LINES]
    person = first.posting.send(guild.owner_id, channel_id, read_draft({"content": "hi"}))
    first.posting.edit(bot, channel_id, sent[1].message_id, read_draft({"embeds": [{"title": "t"}]}))
    first.posting.remove(sent[2])
    channel = guild.channels[channel_id]
    hidden = first.posting.compose(guild, channel, bot, read_draft({"content": "secret"}), viewer_id=guild.owner_id)
    first.posting.keep(hidden)
    first.truth.close()
    with (tmp_path / "truth" / "messages.jsonl").open("a") as file:
        file.write('{"action": "crea')

    second = run(tmp_path, restore=True)
    found = second.posting.history.seen_by(channel_id, guild.owner_id)
    assert [(each.message_id, each.content) for each in found] == [
        (sent[0].message_id, "one"), (sent[1].message_id, "two"), (person.message_id, "hi"),
    ]  # fmt: skip
    assert found[0].edited_at is None
    assert found[1].edited_at is not None
    assert found[1].embeds[0]["title"] == "t"
    second.posting.edit(bot, channel_id, sent[0].message_id, read_draft({"content": "edited in the second run"}))
    third = [each.content for each in run(tmp_path, restore=True).posting.history.seen_by(channel_id, None)]
    assert third[0] == "edited in the second run", "the cut line has taken nothing with it"
    with pytest.raises(DiscordError):
        second.posting.find(channel_id, sent[2].message_id)
    assert run(tmp_path).posting.history.seen_by(channel_id, guild.owner_id) == []


def test_a_first_run_has_nothing_to_restore(tmp_path: Path) -> None:
    assert run(tmp_path, restore=True).world.guilds
