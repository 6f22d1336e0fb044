"""A site filled with examples, its clips' pictures and player included, for tests that look at whole pages."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

from integration.support.api_frontend_process import SiteProcess
from integration.support.channel_rows import ChannelRows
from integration.support.site_emotes import EmoteRows, fill_emotes
from integration.support.uptime_rows import fill_uptime

from api_frontend.data.stored_moment import StreamFacts
from twitch_simulator.emotes.pictures import draw_emote
from twitch_simulator.helix.scenes import draw_scene

HOUR = 3600.0
CHANNELS = {  # login to game, language, title
    "lunaplays": ("Elden Ring", "en", "Malenia without a summon, day 3"),
    "rapid_otter": ("Chess", "de", "Blitz bis 2400, danach Kaffee"),
    "nightowl": ("Just Chatting", "en", "late talk, bring tea"),
    "kraken": ("Minecraft", "fr", "On finit le phare ce soir"),
}
MOODS = ("laughter", "hype", "awe", None)
MOMENTS = 32
OUTCOMES = ("made", "made", "skipped", "made", "refused", "too_late")
LIVE_MINUTES = range(1, 61)
UNREAD = range(31, 37)  # minutes ago
SCENES = ("talk", "shooter", "board", "open")
PLAYER = "<!doctype html><html lang=en><title>Player</title><p>playing"


@contextmanager
def pictures() -> Iterator[str]:
    """Serve a picture and a player for each clip; yield the origin."""

    class Pictures(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            number = len(self.path)
            is_player = self.path.startswith("/embed")
            body = PLAYER if is_player else draw_scene(self.path, 40 * number % 360, SCENES[number % len(SCENES)])
            if "/emote/" in self.path:
                body = draw_emote(self.path.split("/emote/")[1].split("/")[0], "static" not in self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html" if is_player else "image/svg+xml")
            self.send_header("Cache-Control", "max-age=3600")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pictures)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def fill_channel(rows: ChannelRows, channel_id: str, login: str) -> None:
    """Store a channel that is live, and its last hour with a stretch that nobody read."""
    game, language, title = CHANNELS[login]
    random = Random(login)
    rows.watched(channel_id, login)
    rows.name(channel_id, "_".join(part.capitalize() for part in login.split("_")))
    rows.stream(channel_id, 3 * HOUR, title=title, game_name=game, language=language)
    rows.stream(channel_id, 30 * HOUR, 26 * HOUR, title="Yesterday", game_name=game, language=language)
    rows.coverage(channel_id, "joined", 300)
    rows.coverage(channel_id, "gap", UNREAD[-1] + 1, UNREAD[0])
    for minute in LIVE_MINUTES:
        if minute not in UNREAD:
            loud = 30 if minute % 17 == 0 else 0
            rows.counts(
                channel_id, minute, [random.randrange(1, 6) + loud * (20 < second < 28) for second in range(60)]
            )


def fill_moments(rows: ChannelRows, origin: str) -> None:
    """Store moments of all kinds, the newest of them without a decision yet."""
    logins = list(CHANNELS)
    for number in range(MOMENTS):
        game, language, title = CHANNELS[logins[number % len(logins)]]
        name, ago = f"example{number:02d}", 40 + 650.0 * number
        rows.moment(
            name,
            ago,
            revision=3 if number else 2,
            expected=14.0 + number,
            stream=StreamFacts(title=title, game_name=game, language=language),
            channel_id=str(number % len(logins) + 11),
            mood=MOODS[number % len(MOODS)],
            mood_share=0.6 if MOODS[number % len(MOODS)] else None,
            causes=["raid"] if number % 7 == 3 else [],
            biggest_in_seconds=90_000 if number % 3 == 0 else None,
        )
        if number:
            rows.clip(name, OUTCOMES[number % len(OUTCOMES)], embed_url=f"{origin}/embed?clip={name}")
    rows.run("UPDATE clips SET thumbnail_url = %s || '/' || moment_id || '.svg' WHERE status = 'made'", origin)


def fill(rows: ChannelRows, dsn: str, origin: str) -> None:
    """Store all examples."""
    for channel_id, login in enumerate(CHANNELS, 11):
        fill_channel(rows, str(channel_id), login)
    fill_moments(rows, origin)
    emotes = EmoteRows(dsn)
    for channel_id in range(11, 11 + len(CHANNELS)):
        fill_emotes(emotes, str(channel_id), origin, unread=UNREAD)
    emotes.known("11", ("7tv", "01GONE", "OldKEKW"), f"{origin}/7tv/emote/01GONE/2x.webp", went_ago=600)
    emotes.close()
    fill_uptime(dsn)
    rows.counted()


@contextmanager
def example_site(dsn: str, folder: Path, **settings: str) -> Iterator[tuple[SiteProcess, ChannelRows]]:
    """Start a site on a database that is filled with examples; yield it and what writes its rows."""
    with pictures() as origin:
        rows = ChannelRows(dsn)
        fill(rows, dsn, origin)
        sources = {"API_FRAME_SOURCES": origin, "API_IMAGE_SOURCES": origin}
        sources["API_TWITCH_EMOTES_URL"] = f"{origin}/twitch/emote"
        with SiteProcess(dsn, folder, **sources | settings) as site:
            yield site, rows
        rows.close()
