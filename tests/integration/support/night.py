"""A whole night of a channel, as the recorder writes it and rolls it up: for pages, pictures and benches of recaps."""

import json
from datetime import UTC, datetime, timedelta
from math import exp, sin
from random import Random
from typing import Any

from integration.support.channel_rows import ChannelRows
from integration.support.database import as_role

from api_frontend.data.stored_moment import StreamFacts
from contracts.moments import EmoteCount, Evidence
from recorder.database import Database
from recorder.recaps.recap_keeper import RecapKeeper

LOGIN, CHANNEL, STREAM = "lunaplays", "11", "night1"
TITLE, GAME = "Malenia without a summon, day 3", "Elden Ring"
MINUTES = 252  # 4 h 12 min
ENDED_AGO = timedelta(hours=9)  # the morning after
GAP = (100, 112)  # minutes of the stream that nobody read
TABLES = (
    "streams, stream_recaps, stream_changes, stream_viewers, notices, chat_counts, coverage, discord_streams,"
    " watched_channels"
)
EMOTES = {"laughter": "KEKW", "hype": "LETSGO", "awe": "PogChamp", "dismay": "NotLikeThis", "fear": "monkaS"}
PEAKS: tuple[tuple[float, str | None, int, str], ...] = (  # minute, mood, people, what became of the clip
    (17, "laughter", 90, "made"),
    (48, "hype", 160, "made"),
    (49.5, "awe", 60, "skipped"),
    (83, "laughter", 45, "made"),
    (131, "dismay", 70, "too_late"),
    (160, "fear", 120, "made"),
    (201, "awe", 210, "made"),
    (224, None, 40, "refused"),
    (246, "laughter", 75, "made"),
)


class NightRows(ChannelRows):
    """Writes a night that began `started_at`."""

    def __init__(
        self, dsn: str, ended_ago: timedelta = ENDED_AGO, minutes: int = MINUTES, channel_id: str = CHANNEL
    ) -> None:
        super().__init__(dsn)
        self.dsn, self.channel_id = dsn, channel_id
        self.minutes = minutes
        self.ended_at = datetime.now(UTC).replace(second=0, microsecond=0) - ended_ago
        self.started_at = self.ended_at - timedelta(minutes=minutes)

    def fresh(self) -> None:
        """Forget everything, and have the channel watched."""
        self.clear()
        self.show_everything()
        self.run(f"TRUNCATE {TABLES} CASCADE")
        self.watched(self.channel_id, LOGIN)

    def at(self, minute: float) -> datetime:
        """Return the time of a minute of the stream."""
        return self.started_at + timedelta(minutes=minute)

    def begin(self, stream_id: str = STREAM, *, is_live: bool = False, title: str = TITLE) -> None:
        """Store the stream, and that the channel was read since before it."""
        ended_at = None if is_live else self.ended_at
        self.run(
            "INSERT INTO streams VALUES (%s, %s, %s, %s, %s, %s, 'en', now())",
            stream_id, self.channel_id, self.started_at, ended_at, title, GAME,
        )  # fmt: skip
        self.run(
            "INSERT INTO stream_recaps (stream_id, channel_id, started_at) VALUES (%s, %s, %s)",
            stream_id, self.channel_id, self.started_at,
        )  # fmt: skip
        self.run(
            "INSERT INTO coverage VALUES (%s, 'joined', %s, NULL, '') ON CONFLICT DO NOTHING",
            self.channel_id,
            self.at(-90),
        )

    def chat(self, seed: int = 1) -> None:
        """Store the counts of the night: a murmur that swells, and the peaks."""
        random = Random(seed)
        for day in {self.started_at.date(), self.ended_at.date()}:
            self.run("SELECT make_chat_counts_partition(%s)", day)
        with self._own.cursor() as cursor:
            rows = [self._minute(minute, random) for minute in range(self.minutes)]
            cursor.executemany(
                "INSERT INTO chat_counts VALUES (%s, %s, %s, %s)", [row for row in rows if row is not None]
            )

    def _minute(self, minute: int, random: Random) -> tuple[Any, ...] | None:
        if GAP[0] <= minute < GAP[1]:
            return None
        usual = 6 + 4 * sin(minute / 40) + minute / 60
        people = []
        for second in range(60):
            at = minute + second / 60
            loud = sum(height * exp(-8 * (at - peak)) for peak, _, height, _ in PEAKS if peak <= at < peak + 1)
            people.append(max(0, round(random.gauss(usual, 2) + loud)))
        return self.channel_id, self.at(minute), [round(1.3 * each) for each in people], people

    def gap(self) -> None:
        """Store the gap."""
        self.run(
            "INSERT INTO coverage VALUES (%s, 'gap', %s, %s, '')", self.channel_id, self.at(GAP[0]), self.at(GAP[1])
        )

    def peak(self, number: int, stream_id: str | None = STREAM) -> str:
        """Store a peak as a moment, with what became of its clip; return its id."""
        minute, mood, people, outcome = PEAKS[number]
        moment_id = f"night{number}"
        crossed_at = round(self.at(minute).timestamp() * 1000)
        ago = (datetime.now(UTC) - self.at(minute)).total_seconds()
        name = EMOTES.get(mood or "")
        self.moment(
            moment_id,
            ago,
            revision=3,
            notify=False,
            stream=StreamFacts(title=TITLE, game_name=GAME, language="en"),
            mood=mood,
            mood_share=0.6 if mood else None,
            stream_id=stream_id,
            stream_started_at=round(self.started_at.timestamp() * 1000) if stream_id else None,
            clip_from_at=crossed_at - 25_000,
            clip_until_at=crossed_at + 5000,
            evidence=evidence(crossed_at, people, name),
        )
        self.clip(moment_id, outcome)
        self.run(
            "UPDATE clips SET url = %s, vod_url = %s WHERE moment_id = %s",
            f"https://clips.twitch.tv/Night{number}" if outcome == "made" else None,
            "https://www.twitch.tv/videos/77" if outcome == "too_late" else None,
            moment_id,
        )
        return moment_id

    def peaks(self) -> list[str]:
        """Store all peaks; return their ids."""
        return [self.peak(number) for number in range(len(PEAKS))]

    def around(self, stream_id: str = STREAM) -> None:
        """Store what else is known: titles, a raid, viewers, and what was felt."""
        for minute, title, game in ((0, "starting soon", "Just Chatting"), (12, TITLE, GAME), (180, TITLE, "Chess")):
            self.run(
                "INSERT INTO stream_changes VALUES (%s, %s, %s, %s, %s)",
                stream_id, self.channel_id, self.at(minute), title, game,
            )  # fmt: skip
        self.run("INSERT INTO notices VALUES ('raid1', %s, 'raid', 250, %s)", self.channel_id, self.at(150))
        viewers = [round(700 + 500 * sin(slot / 14)) for slot in range(self.minutes // 5)]
        self.run("INSERT INTO stream_viewers VALUES (%s, %s, %s)", stream_id, self.channel_id, viewers)

    def felt(self, stream_id: str = STREAM) -> None:
        """Store emotes and moods of the hours, as a roll-up does."""
        hours = []
        for number, (mood, name) in enumerate(list(EMOTES.items())):
            emotes = [["7tv", f"id{name}", name, 900 - 100 * number, 40], ["twitch", "425618", "LUL", 200, 20]]
            hours.append({"emotes": emotes, "moods": {mood: 0.64, "laughter" if number else "hype": 0.31}})
        whole = [["7tv", f"id{name}", name, 2000 - 300 * number, 40] for number, name in enumerate(EMOTES.values())]
        self.run(
            "UPDATE stream_recaps SET hours = %s, emotes = %s WHERE stream_id = %s",
            json.dumps(hours), json.dumps(whole), stream_id,
        )  # fmt: skip

    def roll_up(self) -> int:
        """Roll up what is due, as the recorder does."""
        database = Database(as_role(self.dsn, "recorder"), "recaps")
        try:
            return RecapKeeper(database).roll_up(0.0)
        finally:
            database.close()

    def whole(self) -> list[str]:
        """Store everything of a night that is over; return the ids of its moments."""
        self.begin()
        self.chat()
        self.gap()
        self.progress()
        self.roll_up()
        self.around()
        self.felt()
        return self.peaks()


def evidence(crossed_at: int, people: int, name: str | None) -> Evidence:
    """Make the evidence of a peak."""
    usual = 8
    curve = [usual] * 55 + [round(usual + people * exp(-each / 9)) for each in range(36)]
    emotes = [EmoteCount("7tv", f"id{name}", name, 2 * people, round(0.6 * people))] if name else []
    return Evidence(
        curve_from_at=crossed_at - 60_000,
        messages=curve,
        chatters=curve,
        covered=[1] * 91,
        window_seconds=7,
        window_messages=2 * people,
        window_chatters=people,
        usual_messages_per_second=3.0,
        usual_chatters_per_second=2.0,
        expected_chatters=14.0,
        emotes=emotes,
        words=[],
    )
