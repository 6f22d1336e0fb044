"""Resumes what an earlier process left unfinished, without requesting a clip again."""

from clip_creator.clip_log.records import LINKED
from clip_creator.requests.adoption import Adoption
from clip_creator.requests.confirmation import Confirmation
from clip_creator.requests.context import StepContext
from clip_creator.requests.late_look import LateLook
from clip_creator.requests.scheduler import Step
from clip_creator.requests.vod_link import VodLink
from contracts.clips import Clip


def resuming_step(context: StepContext, clip: Clip) -> Step:
    """Return the step that completes an open record."""
    if clip.status in LINKED:
        return VodLink(context, clip)
    if clip.status == "unknown":
        return LateLook(context, clip)
    return Confirmation(context, clip) if clip.clip_id else Adoption(context, clip)
