"""Ranges for the tests: overlapping, in odd places, with texts that formats might trip over."""

from highlight_exports.ranges import Range, placed

RANGES = placed(
    [
        Range(
            "Chat burst out laughing · KEKW", 3599.5, 3630.25, 3620.0, "95 people at once, usually 14 (7×); KEKW 40",
            "laughter", 6.0, "https://www.twitch.tv/videos/2345678901?t=0h59m59s",
        ),
        Range("Chat went <wild> | \"ok\" & more\n哈哈", 7200.0, 7245.0, 7230.0, "=HYPERLINK(1)", "hype", 7.0),
        Range("=1+1", 52.0, 67.0, 70.0, "", None, 4.0),
        Range("Chat erupted", 60.0, 75.0, 70.0, "-", "a new mood", 5.0),
        Range("Chat \x00was\u2028amazed 👩\u200d👧", 82_000.0, 82_030.0, 82_010.0, "", "awe", 4.5),
    ],
    offset=0.0,
)  # fmt: skip
