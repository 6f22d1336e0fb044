"""Servers' settings, follows and streams' titles, as different as people make them."""

import random
from collections.abc import Sequence
from typing import Any

from benchmarks._discord_world import DiscordWorld

GAMES = ("Just Chatting", "Chess", "Elden Ring", "VALORANT", "Minecraft", "Fortnite")
TITLES = (
    "Speedrun til world record, day 412",
    "🔴 !drops !giveaway 🎉🎁 ROAD TO 10K 🏆🔥 | !discord !socials !merch | "
    "👨‍👩‍👧‍👦 family friendly 🏳️‍🌈 chill vibes ☕🌧️ 💜",
    "初見さん大歓迎！雑談しながらランクマッチ、今日こそダイヤへ【参加型】",
    "한국어/ENG 듀오 랭크 갑니다 ㅋㅋㅋ 시청자 참여 가능",
    "مباشر الآن: نلعب مع المتابعين حتى الصباح 🌙",
    "ЛУЧШИЙ СТРИМ ПО CS2 | розыгрыш ножа @everyone @here <@&123456789012345678>",
    "[free skins](https://example.com) ||spoiler|| **bold** `code` ```block``` ~~gone~~ > quote # head",
    "คืนนี้เล่นเกมสยองขวัญ ปิดไฟดูด้วยกันนะ 👻",
    "Z̶̢̛a̷̧l̸̨g̵o̶ ̴h̵e̵ ̷c̶o̵m̷e̸s̵ | {url} {name} {role} %s %(title)s {{}}",
    "Grüße aus Köln – heute Würfelspiele & Käsefondue, später ¿quién juega? ¡Vamos!",
    "W" * 140,
    "\u202eevil\u202c \u200b\u200b zero width \ufeff and a tab\there",
)
TEMPLATES = (
    "",
    "",
    "{role} {name} plays {game} for {viewers} people: {title} {url}",
    "{name} est en direct ! {title}\n{url}",
    "**{name}** 🎮 {game} – since {since}",
    "{title} " * 12,
)
INSERT_GUILD = """
    INSERT INTO discord_guilds (guild_id, name, locale, language, text_channel_id, role_id, template, at_end,
        moments_on, moments_early, moments_channel_id, moments_least_seconds, moments_per_hour)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 60)
"""
MOST_FOLLOWS = 25


def choose_settings(world: DiscordWorld, dice: random.Random) -> None:
    """Write each server's settings."""
    rows: list[Sequence[Any]] = []
    for each in world.guilds:
        channels, is_on = each["channels"], dice.random() < 0.6
        rows.append(
            (
                int(each["guild_id"]),
                each["name"],
                each["locale"],
                dice.choice(("", "", "en", "de", "es")),
                int(channels["live"]),
                int(each["roles"]["Live pings"]) if dice.random() < 0.5 else None,
                dice.choice(TEMPLATES),
                dice.choice(("edit", "edit", "delete", "leave")),
                is_on,
                is_on and dice.random() < 0.5,
                int(channels["clips"]) if dice.random() < 0.5 else None,
                dice.choice((0, 3600)),
            )
        )
    world.write(INSERT_GUILD, rows)


def choose_follows(world: DiscordWorld, dice: random.Random) -> dict[str, dict[int, list[str]]]:
    """Write whom servers follow, popular channels more often and each somewhere; return by channel the servers."""
    ids = [each["channel_id"] for each in world.channels]
    weights = [1 / (place + 20) for place in range(len(ids))]
    followed: dict[str, dict[int, list[str]]] = {channel_id: {} for channel_id in ids}
    guild_ids = [int(each["guild_id"]) for each in world.guilds]
    for guild_id in guild_ids:
        for channel_id in set(dice.choices(ids, weights, k=dice.randint(1, MOST_FOLLOWS))):
            followed[channel_id][guild_id] = []
    for servers in followed.values():
        servers.setdefault(dice.choice(guild_ids), [])
        for guild_id in servers:
            servers[guild_id] = dice.sample(GAMES, 2) if dice.random() < 0.1 else []
    world.follow([(guild_id, each, games) for each in ids for guild_id, games in followed[each].items()])
    return followed
