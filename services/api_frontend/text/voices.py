"""What visitors say of a moment, in words."""

from api_frontend.data.voices import Counts
from api_frontend.translation import _, ngettext


def voices_text(counts: Counts) -> str:
    """Say how many visitors judged it how; empty if nobody has said anything."""
    said = []
    if counts.good:
        said.append(ngettext("%(num)s says good one", "%(num)s say good one", counts.good))
    if counts.not_really:
        said.append(ngettext("%(num)s says not really", "%(num)s say not really", counts.not_really))
    if counts.saved:
        said.append(_("saved %(count)s×", count=counts.saved))
    return " · ".join(said)
