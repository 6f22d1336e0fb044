"""Says how fresh a stage is, in plain words."""

from datetime import datetime, timedelta

from api_frontend.data.status import Stage
from api_frontend.translation import _, marked, ngettext

TITLES = {
    "chat": marked("Chat"),
    "moments": marked("Moments"),
    "clips": marked("Clips"),
    "database": marked("This site’s database"),
}
STATES = {
    "fresh": marked("Works"),
    "behind": marked("Behind"),
    "silent": marked("Does not answer"),
    "unknown": marked("Not known"),
}
OVERALL = {
    "fresh": marked("Everything works."),
    "behind": marked("Everything runs, and something is catching up."),
    "silent": marked("Something does not answer. The moments that were found before are still here."),
    "unknown": marked("Not everything has reported yet."),
}
DONE = {
    "chat": marked("Chat was read up to %(done)s ago."),
    "moments": marked("Moments were found up to %(done)s ago."),
}
SILENT = {
    "chat": marked("Nothing has been heard for %(silent)s; before, chat was read up to %(done)s ago."),
    "moments": marked("Nothing has been heard for %(silent)s; before, moments were found up to %(done)s ago."),
}
WORST_FIRST = ("silent", "behind", "unknown", "fresh")


def span(length: timedelta) -> str:
    """Write a span of time as people say it: "3 s", "5 min", "2 h", "4 days"."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 120:
        return _("%(seconds)s s", seconds=seconds)
    if seconds < 120 * 60:
        return _("%(minutes)s min", minutes=seconds // 60)
    return (
        _("%(hours)s h", hours=seconds // 3600) if seconds < 48 * 3600 else _("%(days)s days", days=seconds // 86_400)
    )


def overall(stages: list[Stage]) -> str:
    """Return the worst state's sentence; clips that were never made worry nobody."""
    states = {stage.state for stage in stages if (stage.name, stage.state) != ("clips", "unknown")}
    return _(OVERALL[next(state for state in WORST_FIRST if state in states)])


def clip_words(stage: Stage, now: datetime) -> str:
    """Say when the newest clip was made, and what is owed."""
    if stage.waiting:
        return ngettext(
            "%(num)s clip has been asked for and not come yet.",
            "%(num)s clips have been asked for and not come yet.",
            stage.waiting,
        )
    if stage.at is None:
        return _("No clip has been made yet.")
    return _("The newest clip was made %(span)s ago.", span=span(now - stage.at))


def stage_words(stage: Stage, now: datetime) -> str:
    """Describe one stage in a sentence."""
    if stage.name == "database":
        if stage.state == "fresh":
            return _("It answers.")
        return _("It does not answer. Earlier pages may still be here.")
    if stage.name == "clips":
        return clip_words(stage, now)
    if stage.at is None:
        return _("Nothing has been reported yet.")
    done = span(now - stage.at)
    if stage.silent_since is not None:
        return _(SILENT[stage.name], silent=span(now - stage.silent_since), done=done)
    return _(DONE[stage.name], done=done)
