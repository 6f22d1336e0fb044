"""Draws what a clip's thumbnail shows, by the kind of its category: SVG, 480 by 272, without text or scripts."""

from collections.abc import Callable
from random import Random
from typing import Final

from twitch_simulator.helix.shapes import HEIGHT, WIDTH, box, dot, glow, hsl, line, person, ridge, shape, sky

Scene = Callable[[Random, int], str]  # draws from a channel's hue


def talk(rng: Random, hue: int) -> str:
    """Draw a person in a room with a shelf and a lamp."""
    lamp, shelf = rng.choice((70, 410)), rng.uniform(60, 90)
    books = "".join(
        box(150 + number * 16, shelf - (tall := rng.uniform(20, 40)), 12, tall, hsl(hue + rng.randrange(360), 45, 55))
        for number in range(12)
        if rng.random() < 0.8
    )
    return (
        sky(hsl(hue, 30, 32), hsl(hue + 30, 35, 20))
        + glow(lamp, 90, 150)
        + dot(lamp, 90, 16, hsl(45, 95, 82))
        + box(140, shelf, 210, 6, hsl(hue, 25, 14))
        + books
        + person(240 + rng.uniform(-30, 30), 272, 75, hue + 180)
        + box(0, 240, WIDTH, 32, hsl(hue, 25, 12))
    )


def shooter(rng: Random, hue: int) -> str:
    """Draw a street with walls, a sight and the usual displays."""
    x, y = 240 + rng.uniform(-40, 40), 130 + rng.uniform(-15, 15)
    crates = "".join(
        box(rng.uniform(60, 400), rng.uniform(165, 190), size := rng.uniform(24, 46), size, hsl(hue + 25, 30, 34))
        for _ in range(4)
    )
    sight = line(f"M{x - 16:.0f} {y:.0f}h10m12 0h10M{x:.0f} {y - 16:.0f}v10m0 12v10", "#7fffd4", 2)
    return (
        sky(hsl(hue + 190, 45, 68), hsl(hue + 170, 40, 82))
        + shape([(0, 20), (150, 90), (150, 190), (0, 272)], hsl(hue, 28, 52))
        + shape([(480, 10), (320, 90), (320, 190), (480, 272)], hsl(hue, 28, 42))
        + shape([(0, 272), (150, 185), (320, 185), (480, 272)], hsl(hue + 10, 20, 62))
        + crates
        + dot(x, y, 9, hsl(10, 40, 30))
        + box(x - 8, y + 8, 16, 34, hsl(10, 40, 30))
        + sight
        + box(200, 252, 80, 8, hsl(130, 55, 55))
        + dot(430, 46, 30, "#000", 'opacity=".4"')
        + dot(430 + rng.uniform(-15, 15), 46, 3, "#ff5a5a")
    )


def arena(rng: Random, hue: int) -> str:
    """Draw a battlefield from above with a river and two sides."""
    trees = "".join(
        dot(rng.uniform(0, 480), rng.uniform(0, 230), rng.uniform(10, 22), hsl(hue + 110, 35, rng.randint(20, 30)))
        for _ in range(34)
    )
    lane = line("M-20 290 L500 -20", hsl(45, 28, 52), 58)
    river = line("M-20 -10 L500 290", hsl(200, 50, 50), 40, 'opacity=".8"')
    units = ""
    for _ in range(9):
        along = rng.uniform(0.3, 0.7)
        x, y = 480 * along, 272 * (1 - along) + rng.uniform(-20, 20)
        side = rng.choice((210, 0))
        units += dot(x, y, 7, hsl(side, 75, 55)) + box(x - 9, y - 14, 18, 3, hsl(side, 75, 70))
    flash = dot(240 + rng.uniform(-40, 40), 136, rng.uniform(26, 44), hsl(hue, 90, 70), 'opacity=".55"')
    keys = "".join(box(176 + number * 32, 240, 26, 26, hsl(hue + number * 50, 60, 50), 'rx="3"') for number in range(4))
    return box(0, 0, 480, 272, hsl(hue + 100, 30, 30)) + trees + river + lane + flash + units + keys


def open_world(rng: Random, hue: int) -> str:
    """Draw mountains behind mountains, a sun, and a wanderer."""
    sun = (rng.uniform(80, 400), rng.uniform(50, 110))
    tower = rng.uniform(60, 420)
    return (
        sky(hsl(hue, 50, 38), hsl(hue + 50, 75, 74))
        + dot(*sun, 70, "#fff", 'opacity=".15"')
        + dot(*sun, 26, hsl(hue + 50, 95, 88))
        + ridge(rng, 150, 34, hsl(hue + 10, 35, 48))
        + box(tower - 9, 92, 18, 110, hsl(hue + 5, 35, 30))
        + shape([(tower - 14, 92), (tower + 14, 92), (tower, 58)], hsl(hue + 5, 40, 26))
        + ridge(rng, 190, 22, hsl(hue, 38, 32))
        + ridge(rng, 236, 8, hsl(hue - 10, 40, 17))
        + dot(240, 206, 5, "#111")
        + box(236, 210, 8, 20, "#111")
    )


def craft(rng: Random, hue: int) -> str:
    """Draw land, trees and a house out of blocks."""
    size, blocks, level = 24, "", 7
    house = rng.randrange(4, 13)
    for column in range(20):
        level = max(5, min(9, level + rng.choice((-1, 0, 0, 0, 1))))
        blocks += box(column * size, level * size, size + 1, size + 1, hsl(105, 45, 42))
        blocks += box(column * size, (level + 1) * size, size + 1, HEIGHT, hsl(28, 38, 34))
        if rng.random() < 0.22 and abs(column - house) > 3:
            blocks += box(column * size + 8, (level - 2) * size, 9, 2 * size, hsl(25, 40, 26))
            blocks += box((column - 1) * size, (level - 4) * size, 3 * size, 2 * size, hsl(120, 40, 30))
    walls = box(house * size - 24, 110, 96, 72, hsl(hue, 38, 55)) + box(house * size + 12, 136, 24, 46, hsl(25, 40, 24))
    roof = "".join(
        box(house * size - 36 + step * 12, 98 - step * 12, 120 - step * 24, 12, hsl(hue + 200, 40, 34))
        for step in range(4)
    )
    sun = box(rng.choice((40, 400)), 24, 36, 36, hsl(48, 95, 75))
    return sky(hsl(hue + 200, 60, 66), hsl(hue + 190, 60, 84)) + sun + blocks + walls + roof


def horror(rng: Random, hue: int) -> str:
    """Draw a dark corridor in the light of a torch."""
    x = 240 + rng.uniform(-50, 50)
    eyes = dot(x - 7, 118, 3, "#ff4d4d") + dot(x + 7, 118, 3, "#ff4d4d")
    return (
        box(0, 0, WIDTH, HEIGHT, hsl(hue, 20, 6))
        + shape([(0, 0), (170, 70), (170, 190), (0, 272)], hsl(hue, 22, 13))
        + shape([(480, 0), (310, 70), (310, 190), (480, 272)], hsl(hue, 22, 11))
        + box(170, 70, 140, 120, hsl(hue, 25, 8))
        + shape([(240, 290), (x - 90, 60), (x + 90, 60)], hsl(50, 70, 80), 'opacity=".16"')
        + box(x - 14, 104, 28, 86, "#050505", 'rx="12"')
        + eyes
        + "".join(box(rng.uniform(0, 480), 0, 2, rng.uniform(8, 40), hsl(hue, 15, 22)) for _ in range(14))
    )


def race(rng: Random, hue: int) -> str:
    """Draw a road to the horizon with two cars."""
    bend = rng.uniform(-60, 60)
    stripes = ""
    for number in range(5):
        y = 150 + number * number * 6
        stripes += box(240 + bend * (1 - number / 5) - number, y, 3 + number * 2, 6 + number * 3, "#fff")
    x = 240 + rng.choice((-1, 1)) * rng.uniform(50, 90)

    def car(at: float, y: float, size: float, tint: int) -> str:
        return (
            box(at - size, y - size * 0.5, size * 2, size * 0.8, hsl(tint, 75, 48), f'rx="{size / 4:.0f}"')
            + box(at - size * 0.6, y - size * 0.95, size * 1.2, size * 0.6, hsl(tint, 60, 30), f'rx="{size / 4:.0f}"')
            + dot(at - size * 0.7, y + size * 0.3, size * 0.22, "#111")
            + dot(at + size * 0.7, y + size * 0.3, size * 0.22, "#111")
        )

    return (
        sky(hsl(hue + 200, 55, 52), hsl(hue + 20, 75, 78))
        + ridge(rng, 128, 16, hsl(hue + 120, 30, 36))
        + box(0, 144, WIDTH, 128, hsl(hue + 100, 35, 38))
        + shape([(232 + bend, 144), (248 + bend, 144), (430, 272), (50, 272)], "#3b3b44")
        + stripes
        + car(240 + bend * 0.6, 176, 15, hue + 180)
        + car(x, 236, 40, hue)
    )


def board(rng: Random, hue: int) -> str:
    """Draw a board with pieces of two colours, and one square marked."""
    light, dark, size = hsl(hue, 30, 82), hsl(hue, 32, 46), 32
    squares = pieces = ""
    for row in range(8):
        for column in range(8):
            x, y = 112 + column * size, 8 + row * size
            squares += box(x, y, size, size, light if (row + column) % 2 == 0 else dark)
            if rng.random() < (0.55 if row in (0, 1, 6, 7) else 0.12):
                tint = "#262626" if row < 4 else "#f7f3ea"
                pieces += dot(x + 16, y + 12, 7, tint) + box(x + 8, y + 19, 16, 7, tint, 'rx="3"')
    column, row = rng.randrange(8), rng.randrange(2, 6)
    marked = box(112 + column * size, 8 + row * size, size, size, hsl(50, 90, 60), 'opacity=".6"')
    return box(0, 0, WIDTH, HEIGHT, hsl(hue, 22, 20)) + squares + marked + pieces


def studio(rng: Random, hue: int) -> str:
    """Draw a canvas with soft forms, and the sound of the room."""
    forms = "".join(
        dot(
            rng.uniform(150, 410),
            rng.uniform(60, 180),
            rng.uniform(14, 50),
            hsl(hue + rng.randrange(140), 60, 62),
            'opacity=".7"',
        )
        for _ in range(9)
    )
    bars = "".join(
        box(110 + number * 10, 250 - (tall := rng.uniform(4, 34)), 6, tall, hsl(hue + 60, 60, 65))
        for number in range(34)
    )
    return (
        sky(hsl(hue, 28, 24), hsl(hue + 20, 30, 14))
        + box(120, 26, 320, 180, "#f4efe6", 'rx="4"')
        + '<clipPath id="c"><rect x="120" y="26" width="320" height="180"/></clipPath>'
        + f'<g clip-path="url(#c)">{forms}</g>'
        + bars
    )


SCENES: Final[dict[str, Scene]] = {
    "talk": talk, "shooter": shooter, "arena": arena, "open": open_world, "craft": craft, "horror": horror,
    "race": race, "board": board, "studio": studio,
}  # fmt: skip


def draw_scene(key: str, hue: int, kind: str) -> str:
    """Draw the whole picture; equal keys give equal pictures. All but `talk` show the streamer in a corner."""
    rng = Random(f"scene:{key}")
    scene = SCENES[kind](rng, hue)
    corner = ""
    if kind != "talk":
        x = rng.choice((8, WIDTH - 104))
        corner = (
            box(x, 190, 96, 74, hsl(hue + 40, 25, 24), 'rx="4" stroke="#fff" stroke-opacity=".35"')
            + f'<svg x="{x}" y="190" width="96" height="74">{person(48, 74, 30, hue + 180)}</svg>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"{scene}{corner}</svg>"
    )


def draw_portrait(hue: int) -> str:
    """Draw a channel's picture: the streamer of the corner, in the channel's colour."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="300" height="300">'
        f"{box(0, 0, 96, 96, hsl(hue + 40, 35, 30))}{person(48, 96, 40, hue + 180)}</svg>"
    )
