"""The pinned channels: each by its id as soon as that is known, under its present login."""

from collections.abc import Iterable, Mapping, Sequence

from contracts.channel_names import ChannelName
from stream_monitoring.channels.pinned_file import Known, PinnedFile
from stream_monitoring.privacy.opt_outs import OptOuts
from twitch_access.answers import User
from twitch_access.errors import Refused
from twitch_access.helix import Helix

ASK_AGAIN_SECONDS = 600.0  # after Twitch did not know a channel
BAD_REQUEST = 400
CHAT_SECONDS = 15.0  # in which chat lets us into a room that exists
SECONDS_A_JOIN = 0.5  # Twitch's limit: 20 in 10 s
UNKNOWN = "Twitch does not know it: mistyped, suspended or renamed"
NOT_IN_CHAT = "chat did not let us in: mistyped, suspended or renamed"
NEEDS_HELIX = "an id needs TWITCH_CLIENT_ID; without it name the login"
OPTED_OUT = "it opted out"


class PinnedChannels:
    """The channels that are always watched. Times: seconds of one clock."""

    def __init__(self, names: Iterable[ChannelName], file: PinnedFile | None = None) -> None:
        """`file`: where ids outlive a restart; None without Helix, which alone can be asked by id."""
        self._names = tuple(dict.fromkeys(names))
        self._heard_chat_at: float | None = None  # when chat first answered
        self._file = file
        self._known = file.read(self._names) if file else {}
        self._asked_at: dict[ChannelName, float] = {}  # when Twitch last did not know a name

    def learn_from_chat(self, ids: Mapping[str, str]) -> bool:
        """Take the ids of rooms that chat reported, by login; return whether one was news."""
        news = {name: ids[name.login] for name in self._names if name not in self._known and name.login in ids}
        self._known |= {name: Known(channel_id, name.login) for name, channel_id in news.items()}
        return bool(news)

    def hear_chat(self, now: float) -> None:
        """Note that chat answers; from then on it lets us into a room that exists."""
        if self._heard_chat_at is None:
            self._heard_chat_at = now

    def ask(self, helix: Helix, now: float) -> None:
        """Ask Twitch for the present logins of known ids, and for names that it did not know or was not asked for.

        Raises TwitchError.
        """
        self._follow_renames(helix.get_users(ids=sorted({known.channel_id for known in self._known.values()})))
        due = [name for name in self._names if name not in self._known and self._is_due(name, now)]
        users = users_named(helix, due)
        for name in due:
            self._asked_at[name] = now
            user = next((each for each in users if is_named(each, name)), None)
            if user is not None:
                self._known[name] = Known(user.id, user.login.lower())
        if self._file is not None:
            self._file.write(self._known)

    def _follow_renames(self, users: Iterable[User]) -> None:
        logins = {each.id: each.login.lower() for each in users}
        for known in self._known.values():
            known.is_gone = known.channel_id not in logins
            known.login = logins.get(known.channel_id, known.login)

    def channels(self, opt_outs: OptOuts) -> dict[str, str]:
        """Return channel id to login of those that are known and may be watched."""
        known = {each.channel_id: each.login for each in self._known.values()}
        return {key: login for key, login in known.items() if not opt_outs.excludes(key, login)}

    def logins(self, opt_outs: OptOuts) -> set[str]:
        """Return the logins to read, also of channels whose id nobody has told yet."""
        untold = {name.login for name in self._names if self._is_untold(name)}
        return {each for each in untold if not opt_outs.excludes(None, each)} | set(self.channels(opt_outs).values())

    def notes(self, opt_outs: OptOuts, has_helix: bool, now: float) -> dict[str, str]:
        """Return why a pinned channel is not watched: name to reason."""
        found = {str(name): self._reason(name, opt_outs, has_helix, now) for name in self._names}
        return {name: reason for name, reason in found.items() if reason}

    def _reason(self, name: ChannelName, opt_outs: OptOuts, has_helix: bool, now: float) -> str:
        known = self._known.get(name)
        if opt_outs.excludes(known.channel_id if known else name.channel_id or None, name.login):
            return OPTED_OUT
        if known is not None:
            return UNKNOWN if known.is_gone else ""
        if has_helix:
            return UNKNOWN if name in self._asked_at else ""
        if not name.login:
            return NEEDS_HELIX
        patience = CHAT_SECONDS + SECONDS_A_JOIN * len(self._names)
        is_overdue = self._heard_chat_at is not None and now - self._heard_chat_at > patience
        return NOT_IN_CHAT if is_overdue else ""

    def _is_due(self, name: ChannelName, now: float) -> bool:
        return name not in self._asked_at or now - self._asked_at[name] >= ASK_AGAIN_SECONDS

    def _is_untold(self, name: ChannelName) -> bool:
        return bool(name.login) and name not in self._known and name not in self._asked_at


def users_named(helix: Helix, names: Sequence[ChannelName]) -> list[User]:
    """Return those that Twitch knows. It refuses a whole request for one login that cannot be: then ask one by one."""
    ids = [each.channel_id for each in names if each.channel_id]
    logins = [each.login for each in names if each.login]
    try:
        return helix.get_users(ids=ids, logins=logins)
    except Refused as refused:
        if refused.status != BAD_REQUEST:
            raise
        return [] if len(names) == 1 else [user for name in names for user in users_named(helix, [name])]


def is_named(user: User, name: ChannelName) -> bool:
    """Return whether the account is meant by the name."""
    return user.login.lower() == name.login if name.login else user.id == name.channel_id
