"""What the alerts watch: connected or not, when Twitch was heard, messages that failed, how long a round may take."""

from pathlib import Path

from integration.support.discord_town import bot_of, town

from contracts import metrics
from embedded.processes.waiting import wait_for
from twitch_access.settings import TwitchSettings

SECONDS = 60.0
MESSAGES = metrics.DISCORD_MESSAGES.name
POLLED_AT, PLANNED = metrics.DISCORD_POLLED_AT.name, metrics.DISCORD_PLANNED_SECONDS.name


def test_the_alerts_have_what_they_watch(tmp_path: Path, postgres: str) -> None:
    with town(tmp_path, postgres, guilds=1, channels=4) as place, bot_of(place, tmp_path) as bot:
        bot.until_serving()
        connected = metrics.DISCORD_CONNECTED.name
        wait_for("it says that it is connected", lambda: bot.measured(connected) == 1.0, SECONDS)
        place.follow(place.guilds, place.channels)
        wait_for("Twitch was asked", lambda: bot.measured(PLANNED) > 0, SECONDS)
        heard = bot.measured(POLLED_AT)
        wait_for("and is asked again", lambda: bot.measured(POLLED_AT) > heard, SECONDS)
        points = TwitchSettings.model_fields["bot_points"].default
        planned = bot.measured(PLANNED)
        assert planned == 1.0 + 60 / (0.75 * points), "the setting, and one request's share of the points"

        place.discord.order("away", seconds=3600)
        wait_for("it says that it is not", lambda: bot.measured(connected) == 0.0, SECONDS)


def test_what_discord_takes_nowhere_is_counted_apart(tmp_path: Path, postgres: str) -> None:
    with town(tmp_path, postgres, guilds=1, channels=4) as place, bot_of(place, tmp_path) as bot:
        bot.until_serving()
        place.follow(place.guilds, place.channels)
        fault = {"endpoint": "POST /channels/*/messages", "status": 400, "code": 50035, "message": "Invalid Form Body"}
        place.discord.order("rest_fault", **fault, count=1)
        place.live(place.channels[0])
        rejected = f'{MESSAGES}{{kind="live",outcome="rejected"}}'
        wait_for("a message was rejected", lambda: bot.measured(rejected) == 1.0, SECONDS)
        place.live(place.channels[1])
        sent = f'{MESSAGES}{{kind="live",outcome="sent"}}'
        wait_for("and one was sent", lambda: bot.measured(sent) == 1.0, SECONDS)
        assert bot.measured(rejected) == 1.0
