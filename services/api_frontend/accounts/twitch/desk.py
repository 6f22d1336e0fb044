"""What the pages of a channel's own people work with."""

from dataclasses import dataclass

from api_frontend.accounts.cookies import Cookies
from api_frontend.accounts.twitch.clip_making import ClipMaking
from api_frontend.accounts.twitch.consents import Consents
from api_frontend.accounts.twitch.keeper import Keeper
from api_frontend.accounts.twitch.keyring import Keyring
from api_frontend.accounts.twitch.sign_in import ChannelSignIn
from api_frontend.accounts.twitch.standing import Standings
from api_frontend.data.channel_people.consents import ConsentRows
from api_frontend.data.channel_people.nights import NightChoices
from api_frontend.data.channel_people.own_clips import OwnClips
from api_frontend.data.channel_people.own_moments import OwnMoments
from api_frontend.data.database import Database
from api_frontend.settings import ConsentSettings
from api_frontend.text.links import outward
from moment_detection.hidden_words import HiddenWords
from twitch_access.authority import Authority
from twitch_access.person import Persons
from twitch_access.settings import TwitchSettings
from twitch_access.transport import Transport

ANSWERS = 4  # deadlines: a token that is renewed meanwhile, and the same request once more


@dataclass(frozen=True, kw_only=True)
class PeopleDesk:
    """A channel's own people: who they are, and what they may do."""

    consents: Consents
    sign_in: ChannelSignIn
    standings: Standings
    moments: OwnMoments
    clips: OwnClips
    making: ClipMaking
    nights: NightChoices
    keeper: Keeper


def people_of(
    settings: ConsentSettings, twitch: TwitchSettings, database: Database, hidden: HiddenWords, demo: bool
) -> PeopleDesk | None:
    """Put it together; None where the application, its secret, the key or the way back is not set."""
    secret = twitch.client_secret() if not twitch.anonymous else None
    keys = settings.keys()
    page = outward(f"{twitch.auth_url}authorize", demo)
    if not (secret and keys and settings.return_url and page):
        return None
    transport, cookies = Transport(), Cookies(secret, "channel")
    authority = Authority(transport, twitch.auth_url, twitch.client_id, secret, twitch.deadline_seconds)
    consents = Consents(
        authority=authority,
        persons=Persons(twitch, transport),
        keyring=Keyring(keys),
        rows=ConsentRows(database),
        cookies=cookies,
        return_url=settings.return_url,
    )
    sign_in = ChannelSignIn(cookies, page=page, client_id=twitch.client_id, return_url=settings.return_url)
    return opened(settings, twitch.deadline_seconds, database, hidden, consents, sign_in)


def opened(
    settings: ConsentSettings,
    deadline_seconds: float,
    database: Database,
    hidden: HiddenWords,
    consents: Consents,
    sign_in: ChannelSignIn,
) -> PeopleDesk:
    """Build what works with consents."""
    clips, standings = OwnClips(database), Standings(consents, settings.rights_seconds)
    making = ClipMaking(consents, clips)
    keeper = Keeper(
        consents=consents,
        clips=clips,
        making=making,
        standings=standings,
        answer_seconds=ANSWERS * deadline_seconds,
        give_up_seconds=settings.give_up_seconds,
    )
    return PeopleDesk(
        consents=consents,
        sign_in=sign_in,
        standings=standings,
        moments=OwnMoments(database, hidden),
        clips=clips,
        making=making,
        nights=NightChoices(database),
        keeper=keeper,
    )
