"""Says how old the newest chat is that was read."""

from api_frontend.translation import _, ngettext

MINUTE, HOUR, DAY = 60, 3600, 86_400


def ago_text(seconds: float) -> str:
    """Say how long ago something was: "2 s ago", "6 min ago", "3 hours ago"."""
    seconds = max(0, int(seconds))
    if seconds < MINUTE:
        return _("%(seconds)s s ago", seconds=seconds)
    if seconds < HOUR:
        return _("%(minutes)s min ago", minutes=seconds // MINUTE)
    if seconds < DAY:
        return ngettext("%(num)s hour ago", "%(num)s hours ago", seconds // HOUR)
    return ngettext("%(num)s day ago", "%(num)s days ago", seconds // DAY)


def behind_text(seconds: float) -> str:
    """Say how far the site is behind the streams: "4 minutes behind"."""
    seconds = max(0, int(seconds))
    if seconds < HOUR:
        return ngettext("%(num)s minute behind", "%(num)s minutes behind", max(1, seconds // MINUTE))
    if seconds < 2 * DAY:
        return ngettext("%(num)s hour behind", "%(num)s hours behind", seconds // HOUR)
    return ngettext("%(num)s day behind", "%(num)s days behind", seconds // DAY)
