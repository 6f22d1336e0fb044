"""How choices are called."""

from discord_notices.wording import _, marked, ngettext

AT_END = {
    "edit": marked("the notice says so, with duration, recording and best clip"),
    "delete": marked("the notice is deleted"),
    "leave": marked("the notice stays as it is"),
}
DIGESTS = {"none": marked("none"), "daily": marked("every day"), "weekly": marked("every week")}
RARITIES = {  # seconds
    0: marked("any moment"),
    3600: marked("the biggest in an hour"),
    6 * 3600: marked("the biggest in 6 hours"),
    24 * 3600: marked("the biggest in a day"),
    48 * 3600: marked("the biggest in two days"),
}


def rarity_words(seconds: int) -> str:
    """Say how rare a moment has to be; a number that is not offered is said in hours."""
    if seconds in RARITIES:
        return _(RARITIES[seconds])
    return ngettext("the biggest in %(num)s hour", "the biggest in %(num)s hours", max(1, seconds // 3600))
