"""The window at a moment's peak, as the rules for causes look at it."""

from collections.abc import Iterable

from moment_detection.causes.normalized_message import NormalizedMessage, chatters_of, normalize_messages
from moment_detection.causes.vocabulary import Vocabulary
from moment_detection.evidence.moment_context import MomentContext

MINIMUM_CHATTERS = 4  # whose messages a cause explains; three may be friends
EXPLAINED_SHARE = 0.5  # of the chatters above baseline
EXPLAINED_WINDOW_SHARE = 0.2  # of all chatters: in a loud channel few are above baseline, and some always write "1"


class MomentWindow:
    """A moment's messages. `messages` are those of the window at the peak, `all_messages` the whole moment's.

    `above_baseline`: chatters in the window beyond the `usual` number.
    """

    def __init__(self, context: MomentContext, vocabulary: Vocabulary) -> None:
        self.context = context
        self.vocabulary = vocabulary
        self.all_messages = normalize_messages(context.messages)
        self.messages = [message for message in self.all_messages if message.second in context.window]
        self.chatters = chatters_of(self.messages)
        self.usual = context.expected_chatters * context.sampled_share
        self.above_baseline = max(len(self.chatters) - self.usual, 0.0)
        self._labels: dict[str, frozenset[str]] = {}

    def labels(self, message: NormalizedMessage) -> frozenset[str]:
        """Return what the message's words stand for in causes.toml."""
        if message.text not in self._labels:
            self._labels[message.text] = self.vocabulary.labels_of(message.text)
        return self._labels[message.text]

    def labelled(self, *labels: str) -> list[NormalizedMessage]:
        """Return the window's messages with one of these labels."""
        return [message for message in self.messages if not self.labels(message).isdisjoint(labels)]

    def explained_share(self, messages: Iterable[NormalizedMessage], least: float = EXPLAINED_SHARE) -> float | None:
        """Return the share, 0 to 1, of the chatters above baseline that these messages explain.

        None if they are too few for a cause: fewer than `least` of those above baseline, than EXPLAINED_WINDOW_SHARE
        of all, or than MINIMUM_CHATTERS.
        """
        explained = len(chatters_of(messages))
        if explained < max(MINIMUM_CHATTERS, least * self.above_baseline, EXPLAINED_WINDOW_SHARE * len(self.chatters)):
            return None
        return min(explained / max(self.above_baseline, 1.0), 1.0)
