"""What the pages of the Discord bot work with."""

from dataclasses import dataclass

from api_frontend.accounts.accounts import Accounts
from api_frontend.accounts.cookies import Cookies
from api_frontend.accounts.discord_api import DiscordApi
from api_frontend.accounts.sign_in import DiscordSignIn
from api_frontend.data.database import Database
from api_frontend.data.discord.sessions import Sessions
from api_frontend.settings import DiscordPageSettings
from discord_notices.invite import invite_link
from discord_notices.settings.twitch import TwitchNames
from discord_notices.storage.follows import Follows
from discord_notices.storage.guilds import GuildSettings


@dataclass(frozen=True, kw_only=True)
class DiscordDesk:
    """`accounts`: None where nobody can sign in. `twitch`: None without credentials."""

    client_id: str
    page_url: str
    accounts: Accounts | None
    guilds: GuildSettings
    follows: Follows
    twitch: TwitchNames | None

    def invite(self, guild_id: int | None = None) -> str | None:
        """Return the link that adds the bot; None where its operator has not said which application it is."""
        return invite_link(self.client_id, self.page_url, guild_id) if self.client_id else None


def desk_of(settings: DiscordPageSettings, database: Database, twitch: TwitchNames | None) -> DiscordDesk:
    """Put it together."""
    return DiscordDesk(
        client_id=settings.client_id,
        page_url=settings.page_url,
        accounts=accounts_of(settings, database),
        guilds=GuildSettings(database.rows),
        follows=Follows(database.rows),
        twitch=twitch,
    )


def accounts_of(settings: DiscordPageSettings, database: Database) -> Accounts | None:
    """Build the sign-in; None unless the application, its secret and the way back are all set."""
    secret = settings.client_secret()
    if not (settings.client_id and secret and settings.return_url):
        return None
    cookies = Cookies(secret)
    return Accounts(
        api=DiscordApi(settings.api_url, settings.client_id, secret, settings.return_url),
        sign_in=DiscordSignIn(
            cookies, page=settings.page_url, client_id=settings.client_id, return_url=settings.return_url
        ),
        cookies=cookies,
        sessions=Sessions(database),
        rights_seconds=settings.rights_seconds,
    )
