"""What lively crowds write: in the mood that the detector reads, in their language, with other providers' emotes."""

from collections import Counter
from random import Random

import pytest

from moment_detection.causes.moods import mood_of
from moment_detection.causes.vocabulary import MOODS as MOODS_FILE
from moment_detection.causes.vocabulary import load
from moment_detection.evidence.chat_message import ChatMessage
from twitch_simulator.crowd.bursts import lively_burst, plan_burst
from twitch_simulator.crowd.channels import LANGUAGES, plan_channels
from twitch_simulator.crowd.chatters import make_crowd
from twitch_simulator.crowd.emotes import GLOBAL_EMOTES
from twitch_simulator.crowd.reactions import MOODS, draw_mood, lead_emote, reaction_pool, talk_pool
from twitch_simulator.crowd.word_files import read_words

CROWD = make_crowd(1, 3000)
CHANNEL = plan_channels(1, 1)[0]
NOW = 1_795_369_181_000
languages = sorted(set(LANGUAGES))


@pytest.mark.parametrize("mood", MOODS)
def test_the_detector_reads_each_text_in_its_mood(mood: str) -> None:
    words = MOODS[mood]
    texts = words["emotes"] + words["all"] + [text for language in languages for text in words[language]]
    vocabulary = load(MOODS_FILE)
    other = {text: sorted(vocabulary.labels_of(text)) for text in texts if mood not in vocabulary.labels_of(text)}
    assert other == {}


@pytest.mark.parametrize("language", languages)
@pytest.mark.parametrize("mood", MOODS)
def test_the_crowd_as_a_whole_has_the_mood(mood: str, language: str) -> None:
    rng = Random(f"{mood}{language}")
    pool = reaction_pool(rng, mood, language, lead_emote(rng, mood))
    messages = [ChatMessage(0, str(number), "", "", rng.choice(pool).text) for number in range(60)]
    found = mood_of(messages)
    assert found is not None
    assert (found[0], found[1] > 0.8) == (mood, True)


def test_half_of_a_crowd_writes_its_lead_and_a_language_laughs_in_its_own_way() -> None:
    pool = [each.text for each in reaction_pool(Random(1), "laughter", "pt", "KEKW", 2000)]
    assert 0.4 < sum("KEKW" in text for text in pool) / 2000 < 0.65
    assert sum("kkkk" in text.lower() for text in pool) > 100
    japanese = " ".join(each.text for each in reaction_pool(Random(1), "laughter", "ja", "KEKW", 300))
    assert "草" in japanese
    assert "www" in japanese


def test_moods_and_emotes_occur_with_a_heavy_tail() -> None:
    rng = Random(1)
    moods = Counter(draw_mood(rng) for _ in range(3000))
    assert set(moods) == set(MOODS)
    assert moods["laughter"] > 4 * moods["sadness"]
    leads = Counter(lead_emote(rng, "laughter") for _ in range(3000))
    assert leads.most_common(1)[0][1] > 4 * leads.most_common()[-1][1]
    foreign = [name for mood in MOODS.values() for name in mood["emotes"] if name not in GLOBAL_EMOTES]
    assert {"KEKW", "OMEGALUL", "catJAM", "monkaS", "PepeLaugh", "Pog"} <= set(foreign)


@pytest.mark.parametrize("language", languages)
def test_ordinary_chat_reads_like_chat_and_has_few_emotes(language: str) -> None:
    pool = talk_pool(1, language)
    assert pool == talk_pool(1, language)
    assert pool != talk_pool(2, language)
    emotes = set(read_words("talk")["emotes"])
    with_emotes = sum(bool(emotes & set(each.text.split())) for each in pool) / len(pool)
    assert 0.1 < with_emotes < 0.4
    assert len({each.text for each in pool}) > 150
    assert any(each.emotes for each in pool)  # Twitch tags its own emotes, not those of others


def test_a_lively_burst_is_the_same_for_the_same_seed_and_sizes_have_a_heavy_tail() -> None:
    bursts = [lively_burst(Random(seed), CHANNEL, 2.0, NOW) for seed in range(400)]
    assert bursts[3] == lively_burst(Random(3), CHANNEL, 2.0, NOW)
    texts = [message.text for message in plan_burst(Random(3), bursts[3], CROWD)]
    assert texts == [message.text for message in plan_burst(Random(3), bursts[3], CROWD)]
    sizes = sorted(burst.messages_per_second for burst in bursts)
    assert sizes[-1] > 2.5 * sizes[200]
    assert sizes[0] > 8


def test_cheering_comes_in_waves() -> None:
    burst = next(
        each for each in (lively_burst(Random(seed), CHANNEL, 40.0, NOW) for seed in range(99)) if each.shape.wave
    )
    assert MOODS[burst.mood]["waves"]
    assert burst.mood in ("hype", "love")
    shape = burst.shape
    assert shape.level(shape.rise + shape.wave / 2) < 0.45 * shape.level(shape.rise)
    assert shape.level(shape.rise) == pytest.approx(1)
    assert shape.level(shape.rise + shape.wave) > 1.5 * shape.level(shape.rise + shape.wave / 2)
    times = [(message.at - burst.starts_at) / 1000 for message in plan_burst(Random(1), burst, CROWD)]
    trough = sum(abs(at - shape.rise - shape.wave / 2) < 0.5 for at in times)
    assert sum(abs(at - shape.rise - shape.wave) < 0.5 for at in times) > trough
