"""What /preview posts looks like the real messages, in every language, and mentions nobody."""

import pytest
from unit.discord_bot.examples import NOW

from discord_notices.messages.examples import EXAMPLES, example_message
from discord_notices.rules.followed import Followed
from discord_notices.rules.guild import Follow, Guild, Streamer
from discord_notices.wording import LANGUAGES, speaking

GUILD = Guild(guild_id=1, name="x", role_id=7, template="{name} plays {game}")
OWN = Followed(
    follow=Follow(channel_id="1", template="own {name}"),
    streamer=Streamer(channel_id="1", login="ninja", display_name="Ninja"),
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("example", [*EXAMPLES, "weekly"])
def test_an_example_mentions_nobody(language: str, example: str) -> None:
    with speaking(language):
        message = example_message(GUILD, None, example, NOW)  # type: ignore[arg-type]
    assert message.role_id is None
    assert message.content
    assert message.card.fields or message.card.description.count("\n") == 2


def test_an_example_has_the_servers_words_or_those_of_the_follow() -> None:
    assert example_message(GUILD, None, "live", NOW).content == "<@&7> Twitch plays Just Chatting"
    assert example_message(GUILD, OWN, "live", NOW).content == "<@&7> own Ninja"
    assert "Chat is laughing" in example_message(GUILD, OWN, "moment", NOW).content
    assert "95 people at once, usually 14 (7×)" in example_message(GUILD, OWN, "moment", NOW).card.description
