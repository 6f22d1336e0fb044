"""How far behind it is, for Prometheus."""

from collections.abc import Iterable

from contracts import metrics
from service_runtime.measures import measure
from viewer_clips.rules.schedule import Channel, Gap

KINDS = ("new", "gap", "again")
OUTCOMES = ("ok", "refused", "away")


class Figures:
    """What is counted begins at 0, so that Prometheus sees the first increase."""

    def __init__(self) -> None:
        for kind in KINDS:
            for outcome in OUTCOMES:
                measure(metrics.VIEWER_CLIPS_JOBS).labels(kind=kind, outcome=outcome)
        for news in ("clip", "change", "deleted"):
            measure(metrics.VIEWER_CLIPS_SENT).labels(news=news)

    def show(self, channels: Iterable[Channel], gaps: Iterable[Gap], now: int) -> None:
        """Show how many channels there are, and what waits."""
        known = list(channels)
        live = [each for each in known if each.is_live and each.left_at is None]
        behind = max((now - each.asked_until for each in live), default=0)
        measure(metrics.VIEWER_CLIPS_CHANNELS).labels(state="live").set(len(live))
        measure(metrics.VIEWER_CLIPS_CHANNELS).labels(state="other").set(len(known) - len(live))
        measure(metrics.VIEWER_CLIPS_BEHIND).set(max(0, behind) / 1000)
        measure(metrics.VIEWER_CLIPS_OPEN).set(sum(each.span.length for each in gaps) / 1000)
