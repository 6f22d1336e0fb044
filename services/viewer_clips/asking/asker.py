"""Does a job: asks for a stretch of a channel's clips, and tells what is new of them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import msgspec

from contracts import metrics
from contracts.viewer_clips import ViewerClip
from service_runtime.measures import measure
from twitch_access.answers import FoundClip, Page, milliseconds
from twitch_access.helix import Helix
from viewer_clips.asking.recordings import find_recordings
from viewer_clips.kept.store import Store, body_of
from viewer_clips.rules.place import placed
from viewer_clips.rules.schedule import Job
from viewer_clips.rules.span import Span, clips_of, utc
from viewer_clips.rules.telling import is_broadcasters, is_own, is_possible, repeated, told

DOUBTED = 3  # so many clips are hardly deleted all at once while none is left


class Send(Protocol):
    """Sends clips and returns once Kafka has them. Raises KafkaAwayError."""

    def __call__(self, clips: Iterable[ViewerClip]) -> None: ...


class DoubtfulError(RuntimeError):
    """Twitch suddenly has none of a channel's clips: more likely it is wrong than that all were deleted."""


class StoppedError(RuntimeError):
    """The service stops; what was begun is asked for again."""


class Asker:
    """For one thread. `own_account`: our account's id, empty if nobody has signed in. `now`: ms since 1970."""

    def __init__(
        self,
        *,
        helix: Helix,
        store: Store,
        send: Send,
        own_account: Callable[[], str],
        is_stopping: Callable[[], bool],
        now: Callable[[], int],
    ) -> None:
        self._helix, self._store, self._send = helix, store, send
        self._own_account, self._is_stopping, self._now = own_account, is_stopping, now

    def do(self, job: Job, believes_losses: bool = False) -> None:
        """Ask, tell, and keep that it was done.

        Raises a TwitchError, KafkaAwayError, StoppedError, and DoubtfulError unless it `believes_losses`.
        """
        asked_at = self._now()
        found = self._clips(job)
        lost: dict[str, ViewerClip] = {}
        if job.kind == "again":
            found, lost = self._looked_for(job, found, believes_losses)
        clips = self._of_viewers(job.channel_id, found)
        messages = self._messages(job, clips, asked_at)
        gone = [removed(clip, asked_at) for clip in lost.values()]
        news = [clip for clip in messages if self._is_news(clip)] + gone
        if news:
            self._send(news)
        self._store.settle(job, news)
        measure(metrics.VIEWER_CLIPS_SENT).labels(news="deleted").inc(len(gone))

    def _clips(self, job: Job) -> dict[str, FoundClip]:
        def read_page(span: Span, cursor: str) -> Page[FoundClip]:
            if self._is_stopping():
                raise StoppedError
            return self._helix.get_clips_page(job.channel_id, utc(span.from_at), utc(span.until_at), cursor)

        return clips_of(read_page, job.context)

    def _looked_for(
        self, job: Job, found: dict[str, FoundClip], believes_losses: bool
    ) -> tuple[dict[str, FoundClip], dict[str, ViewerClip]]:
        """Ask by id for clips that were told and that the window lacks, as Twitch's windows do at times.

        Return all clips, and those that Twitch has no more.
        """
        missing = {
            each: clip for each, clip in self._store.told_between(job.channel_id, job.span).items() if each not in found
        }
        if not missing:
            return found, {}
        by_id = {clip.id: clip for clip in self._helix.get_clips(list(missing)) if clip.id in missing}
        lost = {each: clip for each, clip in missing.items() if each not in by_id}
        if len(lost) >= DOUBTED and not found and not by_id and not believes_losses:
            raise DoubtfulError(f"Twitch has none of {len(lost)} clips any more")
        return found | by_id, lost

    def _of_viewers(self, channel_id: str, found: Mapping[str, FoundClip]) -> dict[str, FoundClip]:
        """Return the clips without our own, the broadcaster's, and impossible ones."""
        possible = {each: clip for each, clip in found.items() if is_possible(clip, channel_id)}
        own_ids = {each for each in possible if self._store.is_own(each)}
        own_accounts = {possible[each].creator_id for each in own_ids} | {self._own_account()}
        others = {
            each: clip
            for each, clip in possible.items()
            if not any(is_own(clip, own_ids, account) for account in own_accounts)
        }
        kept = {each: clip for each, clip in others.items() if not is_broadcasters(clip)}
        left_out = {"odd": len(found) - len(possible), "own": len(possible) - len(others)}
        for reason, number in (left_out | {"broadcaster": len(others) - len(kept)}).items():
            measure(metrics.VIEWER_CLIPS_LEFT_OUT).labels(reason=reason).inc(number)
        return kept

    def _messages(self, job: Job, clips: dict[str, FoundClip], asked_at: int) -> list[ViewerClip]:
        recordings = find_recordings(self._helix.get_videos, self._store, job.channel_id, clips.values(), asked_at)
        streams = self._store.streams(job.channel_id)
        places = {each: placed(clip, recordings.get(clip.video_id), streams) for each, clip in clips.items()}
        again = repeated(clips, places)
        return [
            told(clip, places[each], asked_at, each in again or self._was_again(job, each))
            for each, clip in clips.items()
            if milliseconds(clip.created_at) in job.span
        ]

    def _was_again(self, job: Job, clip_id: str) -> bool:
        """Return whether a larger stretch has shown that its maker had made another before."""
        known = self._store.told(clip_id) if job.kind != "again" else None
        return known is not None and known.again

    def _is_news(self, clip: ViewerClip) -> bool:
        """Return whether a clip was not told like this, and count it."""
        known = self._store.told(clip.clip_id)
        if known is not None and body_of(known) == body_of(clip):
            return False
        measure(metrics.VIEWER_CLIPS_SENT).labels(news="clip" if known is None else "change").inc()
        return True


def removed(clip: ViewerClip, asked_at: int) -> ViewerClip:
    """Return the message that Twitch has a clip no more."""
    return msgspec.structs.replace(clip, asked_at=asked_at, title="", url="", is_deleted=True)
