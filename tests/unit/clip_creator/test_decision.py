import re
from pathlib import Path

import pytest
from msgspec.structs import replace

import contracts
from clip_creator.clip_log.records import following, is_open
from clip_creator.decision.budget import HourlyBudget
from clip_creator.decision.cooldown import Cooldown
from clip_creator.decision.decision import Credentials, decide, is_decisive
from clip_creator.decision.refusals import REMEMBER_MS, Refusals
from contracts import codec
from contracts.clips import Clip
from contracts.moments import Moment
from moment_detection.hidden_words import HiddenWords

EXAMPLES = Path(contracts.__file__).parent / "examples" / "moments"
BURST: Moment = codec.decode("moments", (EXAMPLES / "peaked.json").read_bytes())
NOW = BURST.peak_at + 8_000
ALL = Credentials(application=True, user=True)


def decided(moment: Moment = BURST, now: int = NOW, credentials: Credentials = ALL, **state: object) -> Clip:
    cooldown, budget = state.get("cooldown", Cooldown(60)), state.get("budget", HourlyBudget(10))
    refusals = state.get("refusals", Refusals())
    hidden = state.get("hidden", HiddenWords())
    return decide(moment, now, credentials, cooldown, budget, refusals, hidden)  # type: ignore[arg-type]


@pytest.mark.parametrize(("revision", "acts"), [("raised", False), ("peaked", True), ("closed", True)])
def test_only_peaked_and_closed_are_decisive(revision: str, acts: bool):
    assert is_decisive(replace(BURST, revision=revision)) is acts


def test_a_peak_with_a_cause_waits_for_the_closed_moment():
    raid = replace(BURST, no_clip_reason="cause", causes=["raid"])
    assert not is_decisive(raid)
    assert is_decisive(replace(raid, revision="closed"))
    after_all = replace(raid, revision="closed", no_clip_reason=None)
    assert decided(after_all, now=BURST.peak_at + 31_000).status == "intent"


def test_a_shadow_detectors_moment_is_never_decisive():
    assert not is_decisive(replace(BURST, revision="closed", shadow=True))


@pytest.mark.parametrize(
    ("reason", "words"),
    [("cause", "a raid drove chat"), ("rate", "quieter than other recent moments")],
)
def test_a_moment_ruled_out_by_the_detector_is_skipped(reason: str, words: str):
    for credentials in (ALL, Credentials(application=False, user=False)):
        clip = decided(replace(BURST, no_clip_reason=reason, causes=["raid"]), credentials=credentials)
        assert (clip.status, clip.reason, clip.revision_number) == ("skipped", words, 2)
        assert is_open(clip)  # it wants the recording
        assert not is_open(following(clip, "skipped", NOW, words, vod_url="https://www.twitch.tv/videos/9?t=0h1m0s"))


def test_the_duration_follows_the_range_the_moment_names():
    longer = replace(BURST, clip_from_at=BURST.clip_from_at - 4_000)
    assert (decided(longer).duration_seconds or 0) == (decided().duration_seconds or 0) + 4


def test_an_intent_has_title_duration_and_first_revision():
    intent = decided()
    assert (intent.status, intent.revision_number) == ("intent", 1)
    assert intent.title
    assert 5 <= (intent.duration_seconds or 0) <= 60
    assert is_open(intent)


def test_without_credentials_a_moment_is_skipped():
    clip = decided(credentials=Credentials(application=False, user=False))
    assert (clip.status, clip.reason, clip.revision_number) == ("skipped", "no credentials", 2)


def test_without_a_sign_in_a_moment_is_skipped():
    clip = decided(credentials=Credentials(application=True, user=False))
    assert clip.status == "skipped"
    assert "python seed_twitch_tokens.py" in clip.reason


def test_a_late_moment_is_too_late_and_stays_open():
    clip = decided(now=BURST.crossed_at + 80_000)
    assert clip.status == "too_late"
    assert is_open(clip)  # its recording is still to be looked up


def test_cooldown_and_budget_skip_with_their_reason():
    cooldown, budget = Cooldown(60), HourlyBudget(1)
    cooldown.add_request(BURST.channel_id, BURST.crossed_at - 10_000)
    assert "50 s left" in decided(cooldown=cooldown).reason
    budget.add_request("another", BURST.crossed_at - 10_000)
    assert "budget" in decided(budget=budget).reason


def refused(at: int = NOW - 60_000, reason: str = "403: Clips are restricted for this channel.") -> Clip:
    return following(replace(decided(), moment_id="earlier"), "refused", at, reason)


def test_a_channel_that_refuses_clips_is_not_asked_for_a_day():
    """And then once again; the refusal costs nothing of the budget."""
    refusals, budget, cooldown = Refusals(), HourlyBudget(1), Cooldown(60)
    refusals.add(refused())
    state = {"refusals": refusals, "budget": budget, "cooldown": cooldown}
    clip = decided(**state)
    assert clip.status == "refused"
    assert re.search(
        r"not asked.*403: Clips are restricted.*asked again after \d{4}-\d\d-\d\d \d\d:\d\d UTC", clip.reason
    )
    refusals.add(clip)  # a moment that was not asked for prolongs nothing
    assert refusals.of(BURST.channel_id, NOW - 60_001 + REMEMBER_MS) is not None
    assert refusals.of(BURST.channel_id, NOW - 60_000 + REMEMBER_MS) is None
    refusals.add(refused(NOW + REMEMBER_MS))
    assert refusals.of(BURST.channel_id, NOW + REMEMBER_MS + 1) is not None


@pytest.mark.parametrize("reason", ["404: Clipping is not possible for an offline channel.", "400: 403"])
def test_other_refusals_are_not_remembered(reason: str):
    refusals = Refusals()
    refusals.add(refused(reason=reason))
    assert decided(refusals=refusals).status == "intent"


def test_a_clip_that_twitch_accepts_ends_the_memory_of_a_refusal():
    refusals = Refusals()
    refusals.add(refused())
    refusals.add(following(decided(), "intent", NOW - 30_000, clip_id="C"))
    assert decided(refusals=refusals).status == "intent"


def test_a_refused_request_costs_neither_budget_nor_pause():
    budget, cooldown = HourlyBudget(1), Cooldown(60)
    budget.add_request("another", BURST.crossed_at - 10_000)
    cooldown.add_request(BURST.channel_id, BURST.crossed_at - 10_000)
    budget.remove_request("another")
    cooldown.remove_request(BURST.channel_id, BURST.crossed_at - 10_000)
    assert decided(budget=budget, cooldown=cooldown).status == "intent"


def test_every_following_record_has_a_higher_revision():
    intent = decided()
    accepted = following(intent, "intent", NOW, clip_id="C")
    made = following(accepted, "made", NOW)
    refused = following(intent, "refused", NOW, "403")
    assert [accepted.revision_number, made.revision_number, refused.revision_number] == [2, 3, 2]
    assert not is_open(made)
    assert made.clip_id == "C"


def test_a_title_says_nothing_that_is_hidden():
    assert " · LUL: " in (decided().title or "")
    assert "LUL" not in (decided(hidden=HiddenWords(whole=["lul"])).title or "LUL")
