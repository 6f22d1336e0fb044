"""The lines of .env that follow from what was answered."""

import re
from collections.abc import Mapping

from deploy import env_file

FOLLOWS = ("API_PUBLIC_URL", "API_SIGN_IN_RETURN_URL", "TOP_CHANNELS", "API_TRUST_CLOUDFLARE")
HEAD = "# == Written by infrastructure/install.sh =="
BOTH = "# == Both machines =="
ONE_MACHINES_OWN = {"BIND_ADDR", "SECRETS_DIRECTORY", "STREAM_SCOUT_VERSION", "BACKUP_FOLDER", "LOG_LEVEL"}
OF_THE_OPERATOR = ("OPERATIONS_URL", "OPERATOR_ZONE")


def derived(values: Mapping[str, str], now: Mapping[str, str], has_token: bool) -> dict[str, str]:
    """Return the settings that follow from others and that nobody has set."""
    wanted: dict[str, str] = {}
    if domains := values.get("SITE_DOMAINS", ""):
        first = domains.split()[0]
        wanted["API_PUBLIC_URL"] = f"https://{first}"
        if values.get("TWITCH_CLIENT_ID"):
            wanted["API_SIGN_IN_RETURN_URL"] = f"https://{first}/channels/opt-out/return"
    if values.get("TWITCH_CLIENT_ID"):
        wanted["TOP_CHANNELS"] = "50"
    if has_token:
        wanted["API_TRUST_CLOUDFLARE"] = "true"
    return {name: value for name, value in wanted.items() if not now.get(name)}


def with_profile(profiles: str, profile: str) -> str:
    """Add a profile to COMPOSE_PROFILES."""
    names = [name for name in profiles.split(",") if name]
    return ",".join(names if profile in names else [*names, profile])


def operations_url(origin: str) -> str:
    """Guess where a browser opens OPERATIONS.md, from the address of the clone; empty if it cannot be told."""
    address = re.sub(r"^(?:ssh://)?git@([^:/]+)[:/]", r"https://\1/", origin.strip())
    if not address.startswith("https://"):
        return ""
    return f"{re.sub(r'//[^/@]*@', '//', address).removesuffix('.git')}/blob/main/OPERATIONS.md"


def changed(text: str, wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that .env does not have yet."""
    return {name: value for name, value in wanted.items() if env_file.setting(text, name) != value}


def with_settings(text: str, wanted: Mapping[str, str]) -> str:
    """Return .env with these settings: in the place of an earlier value, else at the end."""
    for name, value in wanted.items():
        if HEAD not in text and not env_file.has(text, name):
            text = f"{text.rstrip()}\n\n{HEAD}\n" if text.strip() else f"{HEAD}\n"
        text = env_file.with_setting(text, name, value)
    return text


def shared(example: str) -> tuple[str, ...]:
    """Return the settings that both machines have in common, by .env.example."""
    section = example.partition(BOTH)[2].partition("\n# ==")[0]
    names = re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", section, re.MULTILINE)
    return (*(name for name in names if name not in ONE_MACHINES_OWN), *OF_THE_OPERATOR)
