"""The limit of each route. Discord publishes none: these were seen in its headers, and change without notice."""

from hashlib import blake2b
from typing import Final

from discord_simulator.limits.buckets import Bucket

USUAL: Final = (30, 10_000)  # requests, ms
LIMITS: Final[dict[str, tuple[int, int]]] = {  # method and path: requests, ms
    "POST /channels/{channel_id}/messages": (5, 5000),
    "PATCH /channels/{channel_id}/messages/{message_id}": (5, 5000),
    "DELETE /channels/{channel_id}/messages/{message_id}": (5, 1000),
    "GET /channels/{channel_id}/messages": (5, 5000),
    "GET /channels/{channel_id}/messages/{message_id}": (5, 5000),
    "PUT /applications/{application_id}/commands": (2, 5000),
    "PUT /applications/{application_id}/guilds/{guild_id}/commands": (2, 5000),
    "POST /webhooks/{application_id}/{token}": (5, 2000),
    "PATCH /webhooks/{application_id}/{token}/messages/{message_id}": (5, 2000),
    "GET /gateway/bot": (2, 5000),
    "GET /users/@me": (30, 30_000),
    "GET /users/@me/guilds": (1, 1000),
}


def bucket_of(route: str) -> Bucket:
    """Return the bucket of a route, such as `GET /users/@me`."""
    limit, window_ms = LIMITS.get(route, USUAL)
    return Bucket(blake2b(route.encode(), digest_size=16).hexdigest(), limit, window_ms)
