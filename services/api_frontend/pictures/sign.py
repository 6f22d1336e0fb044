"""The site's sign as a picture: for browsers and phones that take no SVG."""

import io

from PIL import Image, ImageDraw

# The path of static/icon.svg, in its box of 32; a test holds that both are the same.
BOX = 32
LINE = ((4, 24), (10, 24), (13, 19), (17, 7), (21, 17), (23, 24), (28, 24))
STROKE = 2.6
ROUND = 7
GROUND, EMBER = "#1d1b22", "#ff8a5c"
FINER = 4  # drawn that much larger and reduced, which smooths its edges
LARGE = 256  # from here on half of that does, and takes a quarter of the memory
ICO_SIZES = (16, 32, 48)


def stroke(draw: ImageDraw.ImageDraw, scale: float, colour: str) -> None:
    """Draw the line with round ends and corners."""
    points = [(x * scale, y * scale) for x, y in LINE]
    draw.line(points, fill=colour, width=round(STROKE * scale), joint="curve")
    for point in points:
        draw.circle(point, STROKE * scale / 2, fill=colour)


def draw_sign(image: Image.Image, corner: tuple[int, int], size: int, colour: str) -> None:
    """Draw the line alone onto a picture, smoothed."""
    mask = Image.new("L", (size * FINER, size * FINER))
    stroke(ImageDraw.Draw(mask), size * FINER / BOX, "white")
    image.paste(colour, (*corner, corner[0] + size, corner[1] + size), mask.reduce(FINER))


def icon(size: int, *, whole: bool) -> Image.Image:
    """Draw the sign on its ground; `whole` fills the corners, which a phone rounds itself."""
    finer = FINER if size < LARGE else FINER // 2
    image = Image.new("RGBA", (size * finer, size * finer))
    draw = ImageDraw.Draw(image)
    scale = size * finer / BOX
    draw.rounded_rectangle((0, 0, size * finer - 1, size * finer - 1), 0 if whole else ROUND * scale, fill=GROUND)
    stroke(draw, scale, EMBER)
    return image.reduce(finer)


def icon_png(size: int) -> bytes:
    """Return the sign for a phone's home screen."""
    output = io.BytesIO()
    icon(size, whole=True).convert("RGB").save(output, "PNG", optimize=True)
    return output.getvalue()


def favicon() -> bytes:
    """Return the sign in three sizes for what asks for /favicon.ico."""
    output = io.BytesIO()
    pictures = [icon(size, whole=False) for size in ICO_SIZES]
    sizes = [(size, size) for size in ICO_SIZES]
    pictures[-1].save(output, "ICO", sizes=sizes, append_images=pictures[:-1])
    return output.getvalue()
