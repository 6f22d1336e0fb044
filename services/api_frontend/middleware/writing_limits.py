"""How much visitors may send, by what they send."""

from typing import Any

from api_frontend.middleware.rate_limits import RateLimits
from api_frontend.settings import ApiSettings, ConsentSettings, DiscordPageSettings, RedisSettings


def writing_limits(
    settings: ApiSettings, discord: DiscordPageSettings, consent: ConsentSettings, redis: RedisSettings
) -> dict[str, Any]:
    """Build the limits of what visitors send, by their names in the site."""
    return {
        "asks": RateLimits(settings.ask_limit, redis, name="ask"),
        "reports": RateLimits(settings.report_limit, redis, name="report"),
        "verdicts": RateLimits(settings.verdict_limit, redis, name="verdict"),
        "presses": RateLimits(settings.press_limit, redis, name="press"),
        "discord_sign_ins": RateLimits(discord.sign_in_limit, redis, name="discord_sign_in"),
        "discord_changes": RateLimits(discord.change_limit, redis, name="discord_change"),
        "channel_sign_ins": RateLimits(consent.sign_in_limit, redis, name="channel_sign_in"),
        "channel_changes": RateLimits(consent.change_limit, redis, name="channel_change"),
    }
