"""A stream in one picture: its curve, its five best moments by name, and how often chat erupted.

It is shared on phones: at 390 px its letters are a third as high, so none is below 34 pixels here.
"""

from dataclasses import dataclass
from datetime import datetime

from PIL import Image, ImageDraw, ImageFont

from api_frontend.data.recaps.recap import Recap
from api_frontend.data.stored_moment import Channel, StoredMoment
from api_frontend.pictures import card, lettering
from api_frontend.reader import CURRENT
from api_frontend.text.curve import height, runs
from api_frontend.text.durations import duration_text
from api_frontend.text.live_curve import covered
from api_frontend.text.recap.night_curve import NightCurve, NightMark, draw_night
from api_frontend.text.recap.night_words import offset_text, peak_name, your_chat_text
from api_frontend.text.times import day_text
from api_frontend.translation import _, ngettext, number

CURVE_TOP, CURVE_HEIGHT = 290, 168
CURVE_LEFT, CURVE_WIDTH = card.EDGE, card.WIDTH - 2 * card.EDGE
NAMES_TOP, NAMES_STEP = 504, 48
DOT = 17  # pixels; of a named peak
NAME_SIZE, SMALL_NAME_SIZE = 34, 30
HEADLINE_SIZES = (66, 60, 54, 48)
UNREAD = "#4a4452"
HATCH_STEP, HATCH_TOP = 9, 0.35  # pixels; share of the height that is left free
FINER = 2


@dataclass(frozen=True)
class Night:
    """What the picture shows: `peaks` are the best moments, best first."""

    channel: Channel
    recap: Recap
    peaks: list[StoredMoment]


def day_of(at: datetime) -> str:
    """Write the stream's day, with its year: the picture may be looked at much later."""
    return day_text(at, datetime.min, CURRENT.get().language).removesuffix(", ")


def facts_of(recap: Recap) -> str:
    """Say when it was, how long, and how many watched."""
    parts = [day_of(recap.stream.started_at)]
    if recap.stream.seconds is not None:
        parts.append(duration_text(recap.stream.seconds))
    if recap.viewers_peak:
        parts.append(ngettext("up to %(num)s viewer", "up to %(num)s viewers", recap.viewers_peak))
    return " · ".join(parts)


def hatch(draw: ImageDraw.ImageDraw, left: float, right: float, tall: int) -> None:
    """Draw what nobody read, as on the site's curves."""
    for x in range(int(left), max(int(right), int(left) + 1), HATCH_STEP * FINER):
        draw.line([(x, tall), (x, tall * HATCH_TOP)], fill=UNREAD, width=3 * FINER)


def plotted(curve: NightCurve) -> Image.Image:
    """Draw the line with its area, the gaps and the moments that are not named."""
    width, tall = CURVE_WIDTH * FINER, CURVE_HEIGHT * FINER
    image = Image.new("RGB", (width, tall), card.PAPER)
    draw = ImageDraw.Draw(image)
    step = width / max(curve.width, 1)
    for gap in curve.gaps:
        hatch(draw, gap.start * step, (gap.start + gap.width) * step, tall)
    for run in runs(covered(curve.people), curve.width):
        points = [((place + 0.5) * step, tall * height(curve.people[place] or 0, curve.top) / 100) for place in run]
        points = [(run[0] * step, points[0][1]), *points, ((run[-1] + 1) * step, points[-1][1])]
        draw.polygon([(points[0][0], tall), *points, (points[-1][0], tall)], fill=card.WASH)
        draw.line(points, fill=card.EMBER, width=3 * FINER, joint="curve")
    draw.line([(0, tall - 1), (width, tall - 1)], fill=card.USUAL, width=2 * FINER)
    for mark in curve.marks:
        if mark.number is None:
            place = (mark.x * width / 100, tall * mark.y / 100)
            draw.circle(place, 5 * FINER, fill=card.INK, outline=card.PAPER, width=2 * FINER)
    return image.reduce(FINER)


def place_of(mark: NightMark) -> tuple[float, float]:
    """Return where a mark is on the picture."""
    return CURVE_LEFT + mark.x * CURVE_WIDTH / 100, CURVE_TOP + mark.y * CURVE_HEIGHT / 100


def dots(draw: ImageDraw.ImageDraw, curve: NightCurve) -> None:
    """Draw the numbered dots of the named peaks; those that would lie on each other stand side by side, higher up."""
    face = lettering.font("bold", 24)
    placed: list[tuple[float, float]] = []
    for mark in sorted((each for each in curve.marks if each.number), key=lambda each: each.number or 0):
        x, y = place_of(mark)
        spot = (min(max(x, CURVE_LEFT + DOT), CURVE_LEFT + CURVE_WIDTH - DOT), y - DOT)
        while any(abs(spot[0] - px) < 2 * DOT and abs(spot[1] - py) < 2 * DOT for px, py in placed):
            spot = (spot[0], spot[1] - 2 * DOT - 2)
        placed.append(spot)
        draw.line([(x, y), spot], fill=card.INK, width=2)
        draw.circle(spot, DOT, fill=card.INK, outline=card.PAPER, width=3)
        draw.text(spot, str(mark.number), card.PAPER, face, anchor="mm")


def peak_label(moment: StoredMoment, room: float) -> tuple[str, ImageFont.FreeTypeFont]:
    """Name a peak in letters that the fonts have; without its emote's name if they lack some, or it has no room."""
    whole = peak_name(moment.document)
    mood = whole.partition(" · ")[0]
    label = lettering.drawable(whole, mood)
    face = widest(label, (NAME_SIZE, SMALL_NAME_SIZE), room)
    if face.getlength(label) <= room:
        return label, face
    face = lettering.font("bold", NAME_SIZE)
    return lettering.fitting(mood, face, room), face


def time_label(recap: Recap, at: datetime) -> str:
    """Say how far into the stream it was, in few letters, as Twitch's addresses do: "3h21m"."""
    minutes = max(0, int((at - recap.stream.started_at).total_seconds()) // 60)
    return f"{minutes // 60}h{minutes % 60:02d}m"


def names(draw: ImageDraw.ImageDraw, night: Night) -> None:
    """Write the peaks by name and time, in two columns."""
    small = lettering.font("regular", SMALL_NAME_SIZE)
    rows = -(-len(night.peaks) // 2) if len(night.peaks) > 1 else 1
    column = CURVE_WIDTH / 2
    for place, moment in enumerate(night.peaks):
        x = CURVE_LEFT + (place // rows) * column
        y = NAMES_TOP + (place % rows) * NAMES_STEP - (rows - 2) * 8
        draw.circle((x + DOT, y), DOT, fill=card.INK)
        draw.text((x + DOT, y), str(place + 1), card.PAPER, lettering.font("bold", 24), anchor="mm")
        time = time_label(night.recap, moment.crossed_at)
        label, face = peak_label(moment, column - 2 * DOT - 36 - small.getlength(time))
        draw.text((x + 2 * DOT + 12, y), label, card.INK, face, anchor="lm")
        draw.text((x + 2 * DOT + 24 + face.getlength(label), y), time, card.SOFT, small, anchor="lm")


def calm_text(recap: Recap, curve: NightCurve | None) -> str:
    """Say what a stream without a moment has: its loudest second."""
    if curve is None or not curve.loudest_at:
        return _("Nobody read its chat")
    at = offset_text(recap, curve.loudest_at)
    return _("Loudest at %(time)s: %(people)s people in one second", time=at, people=number(curve.most))


def widest(text: str, sizes: tuple[int, ...], room: float) -> ImageFont.FreeTypeFont:
    """Return the largest bold font in which the text fits; the smallest if it fits in none."""
    faces = [lettering.font("bold", size) for size in sizes]
    return next((face for face in faces if face.getlength(text) <= room), faces[-1])


def whose(channel: Channel) -> str:
    """Name the channel in letters that the fonts have: its name, else its login."""
    return lettering.drawable(channel.display_name, channel.login or _(card.NO_CHANNEL))


def night_picture(night: Night) -> bytes:
    """Draw a stream in one picture as PNG."""
    image = card.blank()
    draw = ImageDraw.Draw(image)
    face = lettering.font("bold", 40)
    draw.text((card.EDGE, 78), lettering.fitting(whose(night.channel), face, 720), card.EMBER, face, anchor="lm")
    wide = card.WIDTH - 2 * card.EDGE
    said = your_chat_text(night.recap)
    face = widest(said, HEADLINE_SIZES, wide)
    draw.text((card.EDGE, 158), lettering.fitting(said, face, wide), card.INK, face, anchor="lm")
    face = lettering.font("regular", 36)
    draw.text((card.EDGE, 222), lettering.fitting(facts_of(night.recap), face, wide), card.SOFT, face, anchor="lm")
    curve = draw_night(night.recap)
    if curve is not None:
        image.paste(plotted(curve), (CURVE_LEFT, CURVE_TOP))
        dots(draw, curve)
    if night.peaks:
        names(draw, night)
    else:
        face = lettering.font("bold", NAME_SIZE)
        told = lettering.fitting(calm_text(night.recap, curve), face, wide)
        draw.text((card.EDGE, NAMES_TOP + NAMES_STEP), told, card.INK, face, anchor="lm")
    return card.as_png(image)
