"""Interactions: the first answer within 3 s, once, of a fitting kind; then 15 minutes of further ones."""

from typing import Any

import pytest

from discord_simulator.errors import DiscordError
from discord_simulator.interactions.interaction import AUTOCOMPLETE, COMMAND, COMPONENT, FORM, Interaction
from discord_simulator.messages.drafts import EPHEMERAL, read_draft

ANSWER = {"type": 4, "data": {"content": "done"}}
FORM_BODY = {
    "type": 9,
    "data": {
        "custom_id": "words",
        "title": "Your words",
        "components": [{"type": 1, "components": [{"type": 4, "custom_id": "text", "style": 1, "label": "Text"}]}],
    },
}


def start(server: Any, kind: int = COMMAND, **more: Any) -> Interaction:
    place = server.guild, server.channel("live")
    data = {"id": "1", "name": "help", "type": 1, "options": []}
    return server.discord.desk.start(kind, place, server.owner(), data, **more)


def answer(server: Any, interaction: Interaction, body: dict[str, Any]) -> dict[str, Any]:
    return server.discord.desk.callback(interaction.interaction_id, interaction.token, body, [])


def test_the_bot_hears_what_discord_tells_of_an_interaction(server: Any) -> None:
    start(server)
    ((event, told),) = server.heard()
    assert event == "INTERACTION_CREATE"
    assert (told["attachment_size_limit"], told["context"], told["version"]) == (10485760, 0, 1)
    assert int(told["member"]["permissions"]) & (1 << 5)
    assert (told["locale"], told["guild_locale"]) == (server.owner().locale, server.guild.locale)


def test_the_first_answer_comes_within_three_seconds_and_once(server: Any) -> None:
    interaction = start(server)
    server.now += 3000
    told = answer(server, interaction, ANSWER)
    assert told["resource"]["message"]["content"] == "done"
    assert told["interaction"]["response_message_ephemeral"] is False
    with pytest.raises(DiscordError, match="40060"):
        answer(server, interaction, ANSWER)
    late = start(server)
    server.now += 3001
    with pytest.raises(DiscordError, match="10062"):
        answer(server, late, ANSWER)
    with pytest.raises(DiscordError, match="10062"):
        server.discord.desk.callback(5, late.token, ANSWER, [])


def test_an_odd_answer_is_refused(server: Any) -> None:
    for body in ({}, {"type": []}, {"type": 4}, {"type": 4, "data": "x"}, {"type": 4, "data": {"content": 5}}):
        with pytest.raises(DiscordError, match=r"500(35|06)"):
            answer(server, start(server), body)


@pytest.mark.parametrize(
    ("kind", "callback"), [(COMMAND, 8), (COMMAND, 7), (AUTOCOMPLETE, 4), (FORM, 9), (COMPONENT, 8), (COMMAND, 3)]
)
def test_an_answer_fits_what_was_done(server: Any, kind: int, callback: int) -> None:
    with pytest.raises(DiscordError, match="50035"):
        answer(server, start(server, kind), {"type": callback, "data": {"content": "x"}})


def test_only_one_person_sees_an_ephemeral_answer(server: Any) -> None:
    interaction = start(server)
    answer(server, interaction, {"type": 4, "data": {"content": "secret", "flags": EPHEMERAL}})
    history, place = server.discord.posting.history, interaction.channel.channel_id
    assert [each.content for each in history.seen_by(place, server.owner().user_id)] == ["secret"]
    assert history.seen_by(place, server.member().user_id) == []
    assert history.page(place, 50, None, None) == []
    assert [event for event, _ in server.heard()] == ["INTERACTION_CREATE"]
    with pytest.raises(DiscordError, match="10008"):
        server.discord.posting.find(place, history.seen_by(place, server.owner().user_id)[0].message_id)


def test_a_deferred_answer_is_filled_by_the_first_further_one(server: Any) -> None:
    interaction, desk = start(server), server.discord.desk
    told = answer(server, interaction, {"type": 5, "data": {"flags": EPHEMERAL}})
    assert told["interaction"]["response_message_loading"]
    first = desk.follow_up(interaction.token, {"content": "one"}, [])
    assert (first, first.is_loading, first.is_ephemeral) == (interaction.original, False, True)
    second = desk.follow_up(interaction.token, {"content": "two"}, [])
    assert (second.content, second.is_ephemeral) == ("two", False)
    assert desk.edit(interaction.token, "@original", {"content": "three"}, []).edited_at is not None
    desk.delete(interaction.token, str(second.message_id))
    with pytest.raises(DiscordError, match="10008"):
        desk.own(interaction.token, str(second.message_id))


def test_further_answers_need_a_first_one_and_a_valid_token(server: Any) -> None:
    interaction, desk = start(server), server.discord.desk
    with pytest.raises(DiscordError, match="10015"):
        desk.follow_up(interaction.token, {"content": "x"}, [])
    answer(server, interaction, ANSWER)
    with pytest.raises(DiscordError, match="50006"):
        desk.follow_up(interaction.token, {"content": ""}, [])
    server.now += 900_001
    with pytest.raises(DiscordError, match="50027") as raised:
        desk.follow_up(interaction.token, {"content": "x"}, [])
    assert raised.value.status == 401


def test_a_button_changes_its_message(server: Any) -> None:
    button = {"type": 2, "style": 1, "label": "Next", "custom_id": "next"}
    body = {"content": "page 1", "components": [{"type": 1, "components": [button]}]}
    channel = server.channel("live")
    message = server.discord.posting.send(server.bot_id, channel.channel_id, read_draft(body))
    person = server.discord.person(server.guild, channel, server.owner())
    interaction = person.press(message.message_id, "next")
    told = server.heard()[-1][1]
    assert (told["data"], told["message"]["id"]) == (
        {"custom_id": "next", "component_type": 2},
        str(message.message_id),
    )
    answer(server, interaction, {"type": 7, "data": {"content": "page 2"}})
    assert message.content == "page 2"


def test_a_form_is_opened_filled_in_and_answered(server: Any) -> None:
    interaction = start(server)
    answer(server, interaction, FORM_BODY)
    person = server.discord.person(server.guild, server.channel("live"), server.owner())
    sent = person.send_form({"text": "hello"})
    part = sent.data["components"][0]["components"][0]
    assert (sent.kind, part["custom_id"], part["value"]) == (FORM, "text", "hello")
    assert "triggering_interaction_metadata" in sent.metadata()
    answer(server, sent, ANSWER)
    with pytest.raises(ValueError, match="No form is open"):
        person.send_form({})


def test_suggestions_are_at_most_25(server: Any) -> None:
    rows = [{"name": str(number), "value": str(number)} for number in range(26)]
    interaction = start(server, AUTOCOMPLETE)
    with pytest.raises(DiscordError, match="50035"):
        answer(server, interaction, {"type": 8, "data": {"choices": rows}})
    answer(server, interaction, {"type": 8, "data": {"choices": rows[:25]}})
    assert len(interaction.choices) == 25


def test_a_bot_that_was_kicked_cannot_answer(server: Any) -> None:
    interaction = start(server)
    server.discord.leave(server.guild)
    with pytest.raises(DiscordError, match="50001"):
        answer(server, interaction, ANSWER)


async def test_a_person_waits_no_longer_than_discord_does(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discord_simulator.interactions.person.ANSWER_MS", 10)
    person = server.discord.person(server.guild, server.channel("live"), server.owner())
    interaction = start(server)
    assert not await person.wait(interaction)
    with pytest.raises(DiscordError, match="10062"):
        answer(server, interaction, ANSWER)
    assert [row["action"] for row in server.rows("interactions")] == ["start", "unanswered"]
