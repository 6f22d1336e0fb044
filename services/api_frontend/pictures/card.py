"""A moment's card for other sites: what the crowd did, how many people it was, whose chat, and the curve.

1200 x 630 is what Open Graph's readers ask for: it is cropped nowhere at 1.91:1, and X takes a few pixels off to 2:1.
"""

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from api_frontend.data.stored_moment import StoredMoment
from api_frontend.pictures import lettering
from api_frontend.pictures.sign import draw_sign
from api_frontend.text.curve import runs
from api_frontend.text.lead import lead, numbers
from api_frontend.translation import _, marked

WIDTH, HEIGHT = 1200, 630
EDGE = 64
CURVE_TOP, CURVE_HEIGHT = 372, HEIGHT - 372  # the curve reaches down to the lower edge
FLOOR = 14  # pixels under its zero, so that a quiet chat is a line too
FINER = 2  # the curve is drawn that much larger and reduced, which smooths its edges
HEADROOM = 1.12  # over the loudest second
PAPER, INK, SOFT = "#16141a", "#f6f4f8", "#b3acbc"
EMBER, WASH, USUAL = "#ff8a5c", "#5a2c1d", "#8d8599"
BRAND = "Stream Scout"
NO_CHANNEL = marked("A Twitch channel")
SLOGAN = marked("The moments when a Twitch chat erupts.")


@dataclass(frozen=True)
class Counts:
    """People per second, runs of seconds that were read, and the usual people per second (0: not known)."""

    people: list[int]
    read: list[range]
    usual: float


def counts_of(moment: StoredMoment) -> Counts:
    """Return what the curve shows."""
    evidence = moment.document.evidence
    people = list(evidence.chatters)
    usual = evidence.expected_chatters / max(evidence.window_seconds, 1)
    return Counts(people, runs(evidence.covered, len(people)), usual)


def curve(counts: Counts) -> Image.Image:
    """Draw the curve: an area, its line, the usual dashed, and a dot on the loudest second."""
    width, height = WIDTH * FINER, CURVE_HEIGHT * FINER
    image = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(image)
    top = max([*counts.people, counts.usual, 1]) * HEADROOM
    step = width / max(len(counts.people), 1)

    floor = height - FLOOR * FINER

    def point(second: int) -> tuple[float, float]:
        return (second + 0.5) * step, floor * (1 - counts.people[second] / top)

    for run in counts.read:
        points = [point(second) for second in run]
        points = [(run[0] * step, points[0][1]), *points, ((run[-1] + 1) * step, points[-1][1])]
        draw.polygon([(points[0][0], height), *points, (points[-1][0], height)], fill=WASH)
        draw.line(points, fill=EMBER, width=5 * FINER, joint="curve")
    if counts.usual > 0:
        dashes(draw, floor * (1 - counts.usual / top), width)
    seen = [second for run in counts.read for second in run]
    if seen:
        x, y = point(max(seen, key=lambda second: counts.people[second]))
        draw.circle((x, y), 11 * FINER, fill=INK, outline=PAPER, width=4 * FINER)
    return image.reduce(FINER)


def dashes(draw: ImageDraw.ImageDraw, y: float, width: int) -> None:
    """Draw a dashed line across."""
    for x in range(0, width, 30 * FINER):
        draw.line([(x, y), (x + 16 * FINER, y)], fill=USUAL, width=2 * FINER)


def as_png(image: Image.Image) -> bytes:
    """Encode; plain areas make it small."""
    output = io.BytesIO()
    image.save(output, "PNG", compress_level=6)
    return output.getvalue()


def blank() -> Image.Image:
    """Return an empty card with the site's name in the corner."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    face = lettering.font("bold", 30)
    left = WIDTH - EDGE - face.getlength(BRAND)
    ImageDraw.Draw(image).text((left, 78), BRAND, SOFT, face, anchor="lm")
    draw_sign(image, (round(left) - 62, 52), 50, EMBER)
    return image


def whose(moment: StoredMoment) -> str:
    """Name the channel in letters that the fonts have: its name, else its login."""
    channel = moment.channel
    return lettering.drawable(channel.display_name, channel.login or _(NO_CHANNEL))


def what_happened(moment: StoredMoment) -> str:
    """Return the lead; without its name if that has letters that the fonts lack."""
    whole = lead(moment.document)
    return lettering.drawable(whole, whole.partition(" · ")[0])


def moment_card(moment: StoredMoment) -> bytes:
    """Draw a moment's card as PNG."""
    image = blank()
    draw = ImageDraw.Draw(image)
    face = lettering.font("bold", 38)
    draw.text((EDGE, 78), lettering.fitting(whose(moment), face, 720), EMBER, face, anchor="lm")
    face = lettering.font("bold", 64)
    said = lettering.lines(what_happened(moment), face, WIDTH - 2 * EDGE, 2)
    for number, line in enumerate(said):
        draw.text((EDGE, 182 + 78 * number), line, INK, face, anchor="lm")
    face = lettering.font("regular", 36)
    told = lettering.fitting(numbers(moment.document), face, WIDTH - 2 * EDGE)
    draw.text((EDGE, 182 + 78 * len(said) - 4), told, SOFT, face, anchor="lm")
    image.paste(curve(counts_of(moment)), (0, CURVE_TOP))
    return as_png(image)


def site_card() -> bytes:
    """Draw the card of every page that is no moment's."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw_sign(image, (EDGE, 120), 170, EMBER)
    draw.text((EDGE, 380), BRAND, INK, lettering.font("bold", 96), anchor="lm")
    draw.text((EDGE, 480), _(SLOGAN), SOFT, lettering.font("regular", 44), anchor="lm")
    return as_png(image)
