"""Made-up chat of eight hours in each form, as large as those programs write it."""

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TextIO

HOURS = 8
BURST_EVERY, BURST_SECONDS, BURST_TIMES = 600, 10, 6
FIRST_AT = 1_795_982_400
TEXTS = tuple(
    " ".join(
        random.Random(seed).choices(("lol", "gg", "what", "no", "way", "insane", "KEKW", "clip", "haha", "why"), k=k)
    )
    for seed in range(200)
    for k in (1, 2, 3, 5, 8)
)
BADGES = [{"_id": "subscriber", "version": "12"}, {"_id": "premium", "version": "1"}]
LOGO = "https://static-cdn.jtvnw.net/jtv_user_pictures/00000000-0000-0000-0000-000000000000-profile_image-300x300.png"


class Said(NamedTuple):
    """One message: second of the stream, number of the person, text."""

    t: int
    user: int
    text: str


def chat(count: int) -> Iterator[Said]:
    """Yield about `count` messages with a burst every ten minutes."""
    rnd, seconds = random.Random(count), HOURS * 3600
    bursts = seconds // BURST_EVERY * BURST_SECONDS
    rate = count / (seconds + bursts * (BURST_TIMES - 1))
    people = max(300, count // 25)
    owed = 0.0
    for second in range(seconds):
        owed += rate * (BURST_TIMES if second % BURST_EVERY < BURST_SECONDS and second > BURST_EVERY else 1)
        while owed >= 1:
            owed -= 1
            yield Said(second, int(people * rnd.random() ** 2), TEXTS[int(rnd.random() * len(TEXTS))])


def twitch_downloader(count: int, file: TextIO, embedded: int = 0) -> None:
    """Write an object; `embedded`: bytes of pictures in it."""
    file.write('{"FileInfo":{"Version":{"Major":1,"Minor":3,"Patch":1}},"streamer":{"name":"one","id":1},')
    file.write('"video":{"title":"one","id":"2345678901","start":0,"end":28800},')
    if embedded:
        file.write('"embeddedData":{"thirdParty":[{"id":"1","data":"')
        for _ in range(embedded >> 20):
            file.write("R0lGODlh" * (1 << 17))
        file.write('"}]},')
    file.write('"comments":[')
    for number, (t, user, text) in enumerate(chat(count)):
        comment = {
            "_id": f"{number:032x}", "created_at": "2026-11-29T20:00:01.123Z", "channel_id": "1",
            "content_type": "video", "content_id": "2345678901", "content_offset_seconds": t,
            "commenter": {
                "display_name": f"Person{user}", "_id": str(user), "name": f"person{user}", "bio": "hello there",
                "created_at": "2020-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "logo": LOGO,
            },
            "message": {
                "body": text, "bits_spent": 0, "fragments": [{"text": text, "emoticon": None}],
                "user_badges": BADGES, "user_color": "#1E90FF", "emoticons": [],
            },
        }  # fmt: skip
        file.write(("," if number else "") + json.dumps(comment, separators=(",", ":")))
    file.write("]}")


def chat_downloader(count: int, file: TextIO, *, as_lines: bool = False) -> None:
    """Write an indented list, or lines."""
    for number, (t, user, text) in enumerate(chat(count)):
        item = {
            "author": {
                "badges": [{"name": "subscriber", "title": "Subscriber", "version": 12, "icons": [{"url": LOGO}] * 3}],
                "colour": "#1E90FF", "display_name": f"Person{user}", "id": str(user), "name": f"person{user}",
            },
            "colour": "#1E90FF", "message": text, "message_id": f"{number:032x}", "message_type": "text_message",
            "time_in_seconds": t, "time_text": f"{t // 3600}:{t // 60 % 60:02}:{t % 60:02}",
            "timestamp": (FIRST_AT + t) * 1_000_000,
        }  # fmt: skip
        written = json.dumps(item, indent=None if as_lines else 4)
        file.write(written + "\n" if as_lines else (",\n" if number else "[") + written)
    file.write("" if as_lines else "]")


def chat_downloader_lines(count: int, file: TextIO) -> None:
    """Write lines."""
    chat_downloader(count, file, as_lines=True)


def raw_log(count: int, file: TextIO) -> None:
    """Write Twitch's lines with tags."""
    for number, (t, user, text) in enumerate(chat(count)):
        file.write(
            f"@badge-info=subscriber/12;badges=subscriber/12,premium/1;client-nonce={number:032x};color=#1E90FF;"
            f"display-name=Person{user};emotes=;first-msg=0;flags=;id={number:032x};mod=0;returning-chatter=0;room-id=1;"
            f"subscriber=1;tmi-sent-ts={(FIRST_AT + t) * 1000 + number % 1000};turbo=0;user-id={user};user-type= "
            f":person{user}!person{user}@person{user}.tmi.twitch.tv PRIVMSG #one :{text}\n"
        )


def text_log(count: int, file: TextIO) -> None:
    """Write justlog's text."""
    for t, user, text in chat(count):
        file.write(f"[{datetime.fromtimestamp(FIRST_AT + t, UTC):%Y-%m-%d %H:%M:%S}] #one person{user}: {text}\n")


def chatterino(count: int, file: TextIO) -> None:
    """Write Chatterino's log."""
    file.write("# Start logging at 2026-11-29 20:00:00 UTC\n")
    for t, user, text in chat(count):
        file.write(f"[{datetime.fromtimestamp(FIRST_AT + t, UTC):%H:%M:%S}]  person{user}: {text}\n")


def own(count: int, file: TextIO) -> None:
    """Write our own form."""
    for t, user, text in chat(count):
        file.write(f'{{"t":{t},"user":{user},"text":"{text}"}}\n')


FOREIGN: dict[str, Callable[[int, TextIO], None]] = {
    "TwitchDownloader": twitch_downloader,
    "chat-downloader, indented": chat_downloader,
    "chat-downloader, lines": chat_downloader_lines,
    "raw IRC": raw_log,
    "text log": text_log,
    "Chatterino": chatterino,
}


def write(path: Path, writer: Callable[[TextIO], None]) -> Path:
    """Write a file as it is made."""
    with path.open("w", encoding="utf-8", buffering=1 << 20) as file:
        writer(file)
    return path
