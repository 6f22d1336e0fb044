"""What visitors say of a moment, in words."""

from api_frontend.data.voices import Counts
from api_frontend.translation import _


def voices_text(counts: Counts) -> str:
    """Say how many visitors judged it how; empty if nobody has said anything."""
    said = ((_("Good one"), counts.good), (_("Not really"), counts.not_really), (_("Saved"), counts.saved))
    return " · ".join(f"{words}: {number}" for words, number in said if number)
