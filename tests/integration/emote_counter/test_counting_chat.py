"""The counter with real Kafka and Postgres, a recorder, and the simulator's catalogues: one story, told by its tests.

Chat lies around the present, since a catalogue counts from when it was fetched. Ticks may be ahead: nothing follows.
"""

import json
import random
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from integration.support.emote_counter_process import Chat, EmoteCounter
from integration.support.emote_recount import MINUTE_MS, Versions, recount, stored
from integration.support.probed_process import DEADLINE
from integration.support.quiet_simulator import QUIET
from integration.support.recorder_process import Recorder, query
from integration.support.relay import Relay
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from contracts.chat_messages import Emote
from contracts.topics import EMOTE_COUNTS
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.records import read_topic
from embedded.twitch import emote_providers
from twitch_simulator.process import SimulatorProcess

LARGE = 10_000  # emotes of one channel
KAPPA = Emote("twitch", "25", 0, 4)


def now() -> int:
    return time.time_ns() // 1_000_000


class Story:
    """Everything that runs, and what was said."""

    def __init__(self, kafka: str, dsn: str, folder: Path, simulator: SimulatorProcess) -> None:
        self.kafka, self.dsn, self.simulator = kafka, dsn, simulator
        first, second, third = simulator.state()["channels"][:3]
        self.logins = {"A": first["login"], "B": second["login"]}
        self.a, self.b, self.c = (each["channel_id"] for each in (first, second, third))
        (port,) = free_ports(1)
        self.to_postgres = Relay(port, int(conninfo_to_dict(dsn)["port"]))
        self.counter = EmoteCounter(
            kafka, make_conninfo(dsn, host="127.0.0.1", port=port), folder, emote_providers(f"{simulator.url}/emotes")
        )
        self.recorder = Recorder(kafka, dsn, folder / "recorder.log")
        self.chat = Chat(kafka)
        self.base = now() // MINUTE_MS * MINUTE_MS
        self.ticked_at = 0

    def change(self, provider: str, action: str, emote: str, login: str = "A", **more: Any) -> str:
        """Order a change of a catalogue; return the emote's id."""
        order = {"provider": provider, "action": action, "emote": emote, "login": self.logins[login]}
        return self.simulator.order("emote_change", **order, **more)["id"]

    def versions(self, name: str) -> list[Any]:
        """The versions under a name that are in force by now."""
        return [each for each in Versions(self.dsn).of(name) if each.came_at <= now()]

    def wait_in_force(self, *names: str) -> None:
        wait_for(f"{names} are in force", lambda: all(self.versions(name) for name in names), DEADLINE)

    def tick(self, at: int) -> None:
        self.ticked_at = at
        self.chat.tick(at)

    def wait_stored(self) -> tuple[Any, Any]:
        """Wait until Postgres has every minute that ticks closed; return what it has."""
        until = (self.ticked_at + 1) // MINUTE_MS * MINUTE_MS
        lines = [line for line in self.chat.lines if line.sent_at < until]
        expected = recount(lines, Versions(self.dsn))
        last = (
            f"the cells of {len(lines)} lines are in Postgres",
            lambda: stored(self.dsn, until)[0].total() >= expected[0].total(),
        )
        wait_for(*last, DEADLINE)
        return expected, stored(self.dsn, until)

    def closed_records(self) -> dict[bytes, list[bytes]]:
        """All closed minutes in Kafka by key, however often they were sent."""
        found = defaultdict(list)
        for record in read_topic(self.kafka, EMOTE_COUNTS.name):
            if record.value and json.loads(record.value)["is_closed"]:
                found[record.key or b""].append(record.value)
        return found


@pytest.fixture(scope="module")
def story(kafka: str, postgres_of_module: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """FrankerFaceZ is in trouble at the start; one channel has ten thousand emotes at BetterTTV."""
    folder = tmp_path_factory.mktemp("emote_counter")
    flags = ("--channels", "4", "--messages-per-second", "0", "--emote-requests-per-minute", "100000", *QUIET)
    with SimulatorProcess(folder / "truth", *flags) as simulator:
        told = Story(kafka, postgres_of_module, folder, simulator)
        for provider in ("7tv", "bttv", "ffz"):
            told.change(provider, "add", "SAME")
        told.change("7tv", "add", "OLDNAME")
        told.change("bttv", "add", "Big", "B", count=LARGE)
        simulator.order("emote_fault", provider="ffz", kind="html", count=1_000_000)
        told.counter.start()
        yield told
        for process in (told.counter.process, told.recorder.process):
            process.kill()
            process.wait(DEADLINE)
        sys.stdout.write(told.counter.log.read_text() + told.recorder.log.read_text())


def test_before_a_catalogue_is_known_twitchs_own_emotes_count(story: Story) -> None:
    chat = story.chat
    chat.tick(story.base - 8 * MINUTE_MS)  # a start in the middle of a log leaves out the minutes before
    for channel_id in (story.a, story.b):
        chat.join(channel_id, story.base - 6 * MINUTE_MS)
    for minute in range(2, 6):
        chat.say(story.a, story.base - minute * MINUTE_MS + 17_000, "Kappa SAME KEKW", f"p{minute}", [KAPPA])
    story.tick(story.base - 1)
    expected, found = story.wait_stored()
    assert found == expected
    assert found[0].total() == 4


def test_ready_says_which_provider_fails(story: Story) -> None:
    notes = wait_for("/ready has notes", lambda: story.counter.ready()[1].get("notes"), DEADLINE)
    assert list(notes) == ["emotes of ffz"]
    assert "wrong_shape" in notes["emotes of ffz"]
    assert story.counter.ready()[0] == 200


def test_what_is_late_is_reported_and_not_counted(story: Story) -> None:
    late = story.chat.say(story.a, story.base - 3 * MINUTE_MS, "Kappa", "late", [KAPPA])
    story.chat.lines.remove(late)
    story.chat.flush()
    name = "emote_counts_late_messages_total"
    wait_for("a late message was reported", lambda: story.counter.metric(name) == 1, DEADLINE)


def test_a_crowd_a_wall_and_a_bot_before_a_kill(story: Story) -> None:
    story.wait_in_force("OLDNAME", f"Big{LARGE}")
    wait_for("both emotes of one name are in force", lambda: len(story.versions("SAME")) == 2, DEADLINE)
    chat, dice, began = story.chat, random.Random(5), now()
    big = [f"Big{dice.randint(1, LARGE)}" for _ in range(30)]
    words = ["SAME", "OLDNAME", "NEWNAME", "kekw", "hi", "SoSnowy", "FeelsBirthdayMan", "OLDNAME,", *big]
    for number in range(200):
        text = " ".join(dice.choices(words, k=dice.randint(1, 6)))
        line = chat.say(dice.choice([story.a, story.b, story.c]), began + number, text, f"p{dice.randint(1, 40)}")
        if number % 7 == 0:
            chat.repeat(line)
    chat.say(story.b, began, " ".join(f"Big{number}" for number in range(1, 501)), "wall")
    for number in range(10):
        chat.say(story.a, began + number, " ".join(["OLDNAME"] * 100), "bot")
    chat.flush()
    wait_for("all was read", lambda: story.counter.metric("emote_counts_repeated_messages_total") >= 10, DEADLINE)
    assert story.counter.end(signal.SIGKILL) == -signal.SIGKILL


def test_a_catalogue_changes_in_mid_run(story: Story) -> None:
    """An emote is renamed, another provider's takes a name, one goes; the minute stays open over a kill -9."""
    story.counter.start()
    story.change("7tv", "rename", "OLDNAME", new_name="NEWNAME")
    story.change("bttv", "remove", "Big1", "B")
    story.simulator.order("emote_fault", provider="ffz", kind="html", count=0)
    story.wait_in_force("NEWNAME")
    wait_for("FrankerFaceZ's is in force", lambda: len(story.versions("SAME")) == 3, DEADLINE)
    (new,) = story.versions("NEWNAME")
    wait_for("one is gone", lambda: any(each.went_at <= now() for each in story.versions("Big1")), DEADLINE)
    at = max(each.came_at for each in story.versions("SAME"))
    for number, moment in enumerate((new.came_at, at)):
        for shift in (-1, 0, 1):
            story.chat.say(story.a, moment + shift, "OLDNAME NEWNAME SAME Kappa", f"p{number}{shift}")
    story.chat.say(story.b, now(), "Big1 Big2")
    story.tick(now() // MINUTE_MS * MINUTE_MS + MINUTE_MS)


def test_a_recount_of_every_line_equals_postgres_cell_by_cell(story: Story) -> None:
    expected, found = story.wait_stored()
    assert found[0] == expected[0]
    assert found[1] == expected[1]
    keys = {key for _, _, key in found[0]}
    assert {provider for provider, _, name in keys if name == "SAME"} == {"bttv", "ffz"}
    assert len({emote_id for _, emote_id, name in keys if name in ("OLDNAME", "NEWNAME")}) == 1
    bot = [(uses, found[1][key[0], key[1] // 60, key[2]]) for key, uses in found[0].items() if uses >= 900]
    assert bot, "a second in which the bot wrote"
    assert len({key for key in keys if key[2].startswith("Big")}) >= 500
    assert query(story.dsn, "SELECT * FROM dead_letters") == []


def test_a_position_is_kept_and_one_that_lost_its_tick_is_not_used(story: Story) -> None:
    """As after a power cut that took the end of a partition: what comes again lies at other offsets."""

    def positions() -> dict[str, Any]:
        return json.loads(story.counter.position_file.read_text())["positions"]

    wait_for("a position is kept", positions, DEADLINE)
    before = {key: len(values) for key, values in story.closed_records().items()}
    assert story.counter.end() == 0
    kept = json.loads(story.counter.position_file.read_text())
    for each in kept["positions"].values():
        each[:] = [position | {"tick_at": position["tick_at"] + 1} for position in each]
    story.counter.position_file.write_text(json.dumps(kept))
    story.counter.start()
    everything = len(story.chat.lines)
    wait_for("it reads again", lambda: story.counter.metric("emote_counts_messages_total") >= everything, DEADLINE)
    wait_for(
        "every minute was sent again",
        lambda: all(len(values) > before[key] for key, values in story.closed_records().items()),
        DEADLINE,
    )
    assert "the chat that was counted is not there any more" in story.counter.log.read_text()


def test_a_replay_from_the_beginning_gives_the_same_rows(story: Story) -> None:
    before = {key: len(values) for key, values in story.closed_records().items()}
    assert story.counter.end() == 0
    story.counter.start(EMOTE_COUNTER_RESUME="beginning")
    wait_for(
        "every minute was sent again",
        lambda: all(len(values) > before[key] for key, values in story.closed_records().items()),
        DEADLINE,
    )
    assert {len(set(values)) for values in story.closed_records().values()} == {1}
    expected, found = story.wait_stored()
    assert found == expected


def test_open_minutes_are_sent_only_of_channels_that_somebody_looks_at(story: Story) -> None:
    want(story, story.a, "1 hour")
    at = story.ticked_at + MINUTE_MS
    wait_for("the interest was read", lambda: _revision(story, at) is not None, DEADLINE)
    began = time.monotonic()
    story.chat.say(story.a, at + 1, "Kappa", "watched", [KAPPA])
    story.chat.say(story.c, at + 1, "Kappa", "unwatched", [KAPPA])
    story.chat.flush()
    uses = _revision(story, at)
    wait_for("the open minute has the new use", lambda: (_revision(story, at) or 0) > (uses or 0), DEADLINE)
    assert time.monotonic() - began < 4.0
    rows = query(
        story.dsn, "SELECT channel_id, is_closed FROM emote_minutes WHERE minute_at = to_timestamp(%s)", at / 1000
    )
    assert rows == [(story.a, False)]


def _revision(story: Story, at: int) -> int | None:
    """Say something in the channel, and return how many uses of its open minute Postgres has."""
    sql = "SELECT uses FROM emote_minutes WHERE NOT is_closed AND channel_id = %s AND minute_at = to_timestamp(%s)"
    rows = query(story.dsn, sql, story.a, at / 1000)
    if not rows:
        story.chat.say(story.a, at, "Kappa", "first", [KAPPA])
        story.chat.flush()
        return None
    return int(rows[0][0])


def want(story: Story, channel_id: str, span: str) -> None:
    with psycopg.connect(story.dsn, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO emote_interest VALUES (%s, now() + %s::interval)"
            " ON CONFLICT (channel_id) DO UPDATE SET wanted_until = excluded.wanted_until",
            (channel_id, span),
        )


def test_counting_goes_on_while_postgres_is_away(story: Story) -> None:
    story.to_postgres.cut()
    wait_for("/ready notes it", lambda: "postgres" in story.counter.ready()[1].get("notes", {}), DEADLINE)
    assert story.counter.ready()[0] == 200
    story.counter.end(signal.SIGKILL)
    story.counter.start()  # catalogues and position are on its own disk
    story.chat.say(story.a, story.ticked_at + MINUTE_MS + 2, "Kappa SAME", "during", [KAPPA])
    story.tick(story.ticked_at + 2 * MINUTE_MS)
    expected, found = story.wait_stored()
    assert found == expected
    story.to_postgres.mend()
    wait_for("the note is gone", lambda: "postgres" not in story.counter.ready()[1].get("notes", {}), DEADLINE)


def test_who_opts_out_vanishes_with_catalogue_and_counts(story: Story) -> None:
    at = story.ticked_at + MINUTE_MS
    for channel_id in (story.a, story.b):
        story.chat.say(channel_id, at, "Kappa", "before", [KAPPA])
    story.chat.opt_out(story.b, at)
    story.chat.lines = [line for line in story.chat.lines if line.channel_id != story.b or line.sent_at < at]
    story.chat.repeat(story.chat.lines[-1]._replace(channel_id=story.b, message_id="after"))
    story.tick(at + MINUTE_MS)
    known = "SELECT count(*) FROM emote_versions WHERE scope = %s"
    wait_for("its catalogue is gone", lambda: query(story.dsn, known, story.b) == [(0,)], DEADLINE)
    assert query(story.dsn, known, story.a)[0][0] > 0
    sql = "SELECT channel_id FROM emote_minutes WHERE minute_at = to_timestamp(%s)"
    wait_for("the minute is there", lambda: query(story.dsn, sql, at / 1000) == [(story.a,)], DEADLINE)
