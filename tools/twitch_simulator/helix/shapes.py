"""Shapes of a picture as SVG elements, in a frame of 480 by 272."""

from random import Random

WIDTH, HEIGHT = 480, 272


def hsl(hue: int, saturation: int, lightness: int) -> str:
    """Return a colour."""
    return f"hsl({hue % 360},{saturation}%,{lightness}%)"


def box(x: float, y: float, width: float, height: float, fill: str, more: str = "") -> str:
    """Return a rectangle."""
    return f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}" fill="{fill}" {more}/>'


def dot(x: float, y: float, radius: float, fill: str, more: str = "") -> str:
    """Return a circle."""
    return f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}" fill="{fill}" {more}/>'


def shape(points: list[tuple[float, float]], fill: str, more: str = "") -> str:
    """Return a polygon."""
    corners = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    return f'<polygon points="{corners}" fill="{fill}" {more}/>'


def sky(top: str, bottom: str) -> str:
    """Return a background that goes from one colour to another."""
    return (
        f'<linearGradient id="s" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{top}"/>'
        f'<stop offset="1" stop-color="{bottom}"/></linearGradient>{box(0, 0, WIDTH, HEIGHT, "url(#s)")}'
    )


def ridge(rng: Random, level: float, height: float, fill: str) -> str:
    """Return a row of hills whose tops are around `level`."""
    tops = [(x, level + rng.uniform(-height, height)) for x in range(-20, WIDTH + 61, 40)]
    return shape([(-20, HEIGHT), *tops, (WIDTH + 20, HEIGHT)], fill)


def person(x: float, y: float, size: float, hue: int) -> str:
    """Return head and shoulders; `y` is where they are cut off."""
    return (
        f'<path d="M{x - size:.0f} {y:.0f} q0 {-size:.0f} {size:.0f} {-size:.0f} t{size:.0f} {size:.0f} z" '
        f'fill="{hsl(hue, 45, 42)}"/>{dot(x, y - size * 1.35, size * 0.48, hsl(28, 45, 66))}'
        f'<path d="M{x - size * 0.5:.0f} {y - size * 1.4:.0f} a{size * 0.5:.0f} {size * 0.5:.0f} 0 0 1 {size:.0f} 0 z" '
        f'fill="{hsl(hue + 150, 30, 22)}"/>'
    )


def line(path: str, stroke: str, width: float, more: str = "") -> str:
    """Return a line along a path."""
    return f'<path d="{path}" fill="none" stroke="{stroke}" stroke-width="{width:.0f}" {more}/>'


def glow(x: float, y: float, radius: float) -> str:
    """Return warm light that fades from its middle outwards."""
    warm = hsl(45, 90, 75)
    return (
        f'<radialGradient id="g"><stop offset="0" stop-color="{warm}" stop-opacity=".5"/>'
        f'<stop offset="1" stop-color="{warm}" stop-opacity="0"/></radialGradient>{dot(x, y, radius, "url(#g)")}'
    )
