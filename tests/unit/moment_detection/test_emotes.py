"""The seam for emote providers: each is asked in order, and no use counts twice."""

from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from contracts import topics
from contracts.chat_messages import Emote
from contracts.codec import decode
from contracts.moments import EmoteCount, Moment
from moment_detection.channel import Channel, DictSlots, SecondRow
from moment_detection.detection.channel_events import FIELD, PIECE
from moment_detection.detection.detector import Detector
from moment_detection.detection.rules import Rules
from moment_detection.evidence.chat_message import ChatMessage
from moment_detection.evidence.emotes import EmoteProvider, EmoteProviders, TwitchTag, emote_name, without_emotes

CHANNEL = "7"
SECOND = 1_790_000_000
TWITCH_KAPPA = Emote("twitch", "25", 0, 4)


class Catalogue:
    """A provider that knows emotes by channel: a whole token is a use, as 7TV, BetterTTV and FrankerFaceZ count."""

    def __init__(self, provider: str, ids: dict[str, str], channel_id: str = CHANNEL, since: int = 0) -> None:
        self._provider = provider
        self._ids = ids
        self._channel_id = channel_id
        self._since = since

    def emotes_in(self, message: ChatMessage, channel_id: str) -> Sequence[Emote]:
        if channel_id != self._channel_id or message.second < self._since:
            return ()
        found, start = [], 0
        for token in message.text.split(" "):
            if token in self._ids:
                emote = {
                    "provider": self._provider,
                    "id": self._ids[token],
                    "start": start,
                    "end": start + len(token) - 1,
                }
                found.append(msgspec.convert(emote, Emote))
            start += len(token) + 1
        return found


def message(text: str, *tagged: Emote) -> ChatMessage:
    return ChatMessage(SECOND, "c1", "aaaaaaaa", msgspec.json.encode(tagged).decode(), text)


def names(providers: EmoteProvider, written: ChatMessage, channel_id: str = CHANNEL) -> list[tuple[str, str]]:
    return [(each.provider, emote_name(written.text, each)) for each in providers.emotes_in(written, channel_id)]


SEVEN_TV = Catalogue("7tv", {"KEKW": "a1", "Kappa": "a2", "Kappa,": "a3"})
BETTER_TTV = Catalogue("bttv", {"KEKW": "b1", "catJAM": "b2"})


def test_twitchs_tag_answers_what_it_names() -> None:
    assert names(TwitchTag(), message("Kappa KEKW", TWITCH_KAPPA)) == [("twitch", "Kappa")]
    assert names(TwitchTag(), message("KEKW")) == []
    assert names(TwitchTag(), message("KEKW")._replace(twitch_emotes="[{]")) == []


def test_providers_are_asked_in_order() -> None:
    providers = EmoteProviders(TwitchTag(), SEVEN_TV, BETTER_TTV)
    written = message("Kappa catJAM KEKW KEKW", TWITCH_KAPPA)
    assert names(providers, written) == [("twitch", "Kappa"), ("7tv", "KEKW"), ("7tv", "KEKW"), ("bttv", "catJAM")]
    swapped = EmoteProviders(BETTER_TTV, SEVEN_TV)
    assert names(swapped, written) == [("bttv", "catJAM"), ("bttv", "KEKW"), ("bttv", "KEKW"), ("7tv", "Kappa")]


def test_a_claimed_span_may_touch_punctuation() -> None:
    """Twitch's span is "Kappa" alone; what stays of the token is a comma, which no catalogue has."""
    assert names(EmoteProviders(TwitchTag(), SEVEN_TV), message("Kappa, KEKW", TWITCH_KAPPA)) == [
        ("twitch", "Kappa"), ("7tv", "KEKW"),
    ]  # fmt: skip


def test_a_claim_of_taken_characters_is_dropped() -> None:
    """Even from a provider that does not look at the text it is given."""

    class Stubborn:
        def emotes_in(self, message: ChatMessage, channel_id: str) -> Sequence[Emote]:
            return [Emote("bttv", "x", 3, 8), Emote("bttv", "y", 6, 9)]

    assert names(EmoteProviders(TwitchTag(), Stubborn()), message("Kappa KEKW", TWITCH_KAPPA)) == [
        ("twitch", "Kappa"), ("bttv", "KEKW"),
    ]  # fmt: skip


def test_emotes_depend_on_channel_and_time() -> None:
    later = EmoteProviders(TwitchTag(), Catalogue("ffz", {"KEKW": "1"}, since=SECOND + 1))
    assert names(later, message("KEKW")) == []
    assert names(later, message("KEKW")._replace(second=SECOND + 1)) == [("ffz", "KEKW")]
    assert names(later, message("KEKW")._replace(second=SECOND + 1), "8") == []


tokens = st.lists(st.sampled_from(["Kappa", "KEKW", "catJAM", "nice", "Kappa,", "KEKW!", "哈哈", "😂"]), max_size=30)


@given(tokens, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 6)), max_size=4))
def test_no_character_belongs_to_two_providers(written: list[str], spans: list[tuple[int, int]]) -> None:
    text = " ".join(written)
    tagged = [Emote("twitch", "1", start, start + length) for start, length in spans]
    owners: dict[int, set[str]] = {}
    for each in EmoteProviders(TwitchTag(), SEVEN_TV, BETTER_TTV).emotes_in(message(text, *tagged), CHANNEL):
        for place in range(each.start, min(each.end + 1, len(text))):
            owners.setdefault(place, set()).add(each.provider)
    assert all(len(providers) == 1 for providers in owners.values())


def test_blanking_keeps_positions() -> None:
    assert without_emotes("Kappa 哈 KEKW!", [TWITCH_KAPPA, Emote("7tv", "a", 8, 11)]) == "      哈     !"
    assert without_emotes("cut", [Emote("twitch", "25", 200, 204)]).split() == ["cut"]


def test_a_moments_evidence_counts_every_provider() -> None:
    start = SECOND - SECOND % 60
    rows = [row(start + second, ["so it goes"]) for second in range(200)]
    rows += [row(start + second, ["KEKW nice"] * 20) for second in range(200, 206)]
    detector, providers = Detector(Rules(4.0)), EmoteProviders(TwitchTag(), SEVEN_TV, BETTER_TTV)
    channel = Channel(CHANNEL, detector, DictSlots(), providers)
    records = [record for each in rows for _, record in channel.row(each)]
    records += [record for _, record in channel.advance(start + 400)]
    moments = [decode(record.topic, record.value) for record in records if record.topic == topics.MOMENTS.name]
    closed = moments[-1]
    assert isinstance(closed, Moment)
    assert closed.evidence.emotes == [EmoteCount("7tv", "a1", "KEKW", 120, 20)]
    assert [each.word for each in closed.evidence.words] == ["nice"]


def row(second: int, texts: list[str]) -> SecondRow:
    pieces = [FIELD.join((f"c{number}", f"{number:08x}", "[]", text)) for number, text in enumerate(texts)]
    return SecondRow(second, len(texts), len(texts), PIECE.join(pieces), None)
