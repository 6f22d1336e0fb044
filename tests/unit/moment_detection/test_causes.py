"""Each cause by an example that a person would call so, and true reactions that must not be taken for one."""

from collections.abc import Sequence

import pytest

from moment_detection.causes.causes import GREETING_SECONDS, MODE_SECONDS, RAID_SECONDS, find_causes
from moment_detection.causes.reactions import may_clip
from moment_detection.evidence.chat_message import ChatMessage
from moment_detection.evidence.moment_context import MomentContext
from moment_detection.evidence.room_events import RoomEvent

CROSSED, PEAK = 1000, 1003
EMOTE = '[{"provider":"twitch","id":"25","start":0,"end":4}]'
ORDINARY = ("what game is next", "i think he went left there", "same here", "brb food")


def crowd(texts: Sequence[str], people: int = 30, emotes: str = "[]") -> list[ChatMessage]:
    """`people` say these texts in turn, in the seconds around the peak; four say something ordinary."""
    said = [(f"c{number}", texts[number % len(texts)]) for number in range(people)]
    said += [(f"o{number}", text) for number, text in enumerate(ORDINARY)]
    return [
        ChatMessage(CROSSED - 2 + number % 6, who, f"{number:08x}", emotes, text)
        for number, (who, text) in enumerate(said)
    ]


def context(
    texts: Sequence[str], *room_events: RoomEvent, people: int = 30, emotes: str = "[]", started: int = 0
) -> MomentContext:
    return MomentContext(
        crossed=CROSSED,
        peak=PEAK,
        known_at=PEAK + 5,
        messages=crowd(texts, people, emotes),
        room_events=room_events,
        stream_started=started,
        expected_chatters=4.0,
    )


COPIED = "my grandmother was a wonderful toaster and taught me all about the sea"
RAID = RoomEvent(CROSSED - 5, "raid", 60)
GIFTS = RoomEvent(CROSSED - 4, "gifts", 20)
CALL = ("FOXES RAID foxHype foxHype", "FOXES  RAID foxHype foxHype", "welcome raiders", "hello!")
FLOODS = {
    "giveaway": ["!join", "!join", "!ENTER"],
    "commands": ["!points", "!duel @somebody"],
    "vote": ["1", "2", "1", "1!", "2 2"],
    "copypasta": [COPIED, COPIED.upper(), f"{COPIED} LUL"],
    "bots": [f"cheap viewers and followers on stream-fame.example {number}x7" for number in range(30)],
}


@pytest.mark.parametrize("cause", FLOODS)
def test_a_flood_is_named_and_not_clipped(cause: str) -> None:
    flood = context(FLOODS[cause])
    assert find_causes(flood) == [cause]
    assert not may_clip(flood, [cause])


@pytest.mark.parametrize(
    "texts",
    [
        ["LUL LUL LUL LUL LUL LUL LUL LUL LUL"],
        ["foxHype", "foxHype foxHype", "foxHype foxHype foxHype foxHype"],
        ["CLIP IT", "clip it", "OMG CLIP IT"],
        ["let's go foxes", "LETS GO FOXES", "lets go foxes!!!"],
        ["7777777777", "77777777777777777", "777777"],
        ["6666", "666", "66666666"],
        ["87", "8787", "哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈"],
        ["he said potato salad", "HE SAID POTATO SALAD", "potato salad LUL"],
        ["no", "NOOO", "oh no"],
        ["?", "???", "what"],
        ["W", "WWWW", "L"],
        ["F", "f", "FFFF"],
        ["gg", "GG", "ggwp"],
    ],
)
def test_a_true_reaction_is_no_flood(texts: list[str]) -> None:
    burst = context(texts, started=CROSSED - 60)
    assert find_causes(burst) == []
    assert may_clip(burst, [])


def test_few_who_do_it_beside_a_true_burst_are_no_cause() -> None:
    assert find_causes(context(["LUL", "KEKW", "omg", "1"])) == []
    assert find_causes(context(["LUL", "KEKW", "omg", COPIED])) == []


def test_a_vote_needs_two_sides_or_the_one_that_everyone_uses() -> None:
    assert find_causes(context(["1"])) == ["vote"]
    assert find_causes(context(["A", "b", "a"])) == ["vote"]
    assert find_causes(context(["yes", "no"])) == ["vote"]
    assert find_causes(context(["4"])) == []
    assert find_causes(context(["D"])) == []


def test_a_word_is_a_raffle_s_where_somebody_says_so() -> None:
    assert find_causes(context(["potato"])) == []
    assert find_causes(context(["#potato"])) == ["giveaway"]
    assert find_causes(context(["potato"] * 9 + ["type potato for the giveaway"])) == ["giveaway"]


def test_a_raid_is_its_notice_and_not_clipped() -> None:
    assert find_causes(context(CALL, RAID)) == ["raid"]
    assert not may_clip(context(CALL, RAID), ["raid"])
    assert find_causes(context(CALL)) == []
    assert find_causes(context(CALL, RAID._replace(second=CROSSED - RAID_SECONDS - 1))) == []
    assert find_causes(context(CALL, RAID._replace(amount=2))) == []


def test_a_raid_or_gifts_beside_a_crowd_that_reacts_leave_a_moment() -> None:
    both = ["LUL", "HAHAHA", "KEKW", "LMAO", *CALL]
    for happened, cause in ((RAID, "raid"), (GIFTS, "gifts")):
        beside = context(both, happened, people=60)
        assert find_causes(beside) == [cause]
        assert may_clip(beside, [cause])


def test_thanks_for_gifts_are_not_clipped() -> None:
    thanks = context(["thank you for the gift", "PogChamp", "<3", "W gifter", "gifted!"], GIFTS)
    assert find_causes(thanks) == ["gifts"]
    assert not may_clip(thanks, ["gifts"])
    assert find_causes(context(["LUL", "KEKW"], GIFTS._replace(amount=2))) == []


def test_a_changed_rule_is_named_where_it_is_spoken_of_or_holds() -> None:
    on = RoomEvent(CROSSED - 2, "mode", 1, "emote_only")
    lifted = RoomEvent(CROSSED - 2, "mode", 0, "subscribers_only")
    assert find_causes(context(["Kappa", "Kappa Kappa"], on, emotes=EMOTE)) == ["mode"]
    assert find_causes(context(["hello", "LUL", "finally"], lifted)) == ["mode"]
    assert find_causes(context(["LUL"], RoomEvent(CROSSED - 2, "mode", 1, "slow"))) == []
    assert find_causes(context(["why slow mode", "mods pls", "LUL"], RoomEvent(CROSSED - 2, "mode", 1, "slow"))) == [
        "mode"
    ]
    assert find_causes(context(["hello", "LUL"], lifted._replace(second=CROSSED - MODE_SECONDS - 1))) == []


def test_greetings_are_a_cause_at_the_stream_s_start_only() -> None:
    hello = ["hiiii", "hello everyone", "HeyGuys", "moin", "安安", "hola"]
    assert find_causes(context(hello, started=CROSSED - 300)) == ["greetings"]
    assert find_causes(context(hello, started=CROSSED - GREETING_SECONDS - 1)) == []
    assert find_causes(context(hello)) == []


def test_in_a_loud_room_the_usual_ones_do_not_make_a_cause() -> None:
    loud = context(["LUL"] * 6 + ["1", "hm"], people=200)
    assert find_causes(loud._replace(expected_chatters=170.0)) == []
