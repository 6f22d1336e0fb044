"""What somebody is to a channel: its streamer, or one of its editors.

Who the editors are, Twitch tells to the streamer's token alone (Get Channel Editors): so an editor may do here what the
streamer consented to, and nothing once the streamer took it back.
"""

from typing import Literal

from api_frontend.accounts.twitch.consents import ConsentGoneError, Consents, MissingScopeError
from api_frontend.accounts.twitch.scopes import EDITOR_CLIPS, OWN_CLIPS, READ_EDITORS
from twitch_access.errors import TwitchError

Standing = Literal["streamer", "editor"]
OLD_SECONDS = 600.0  # while Twitch is away, an editorship that is older counts no more


class Standings:
    """`rights_seconds`: after this long Twitch is asked again. Raises `PostgresAwayError` and `TwitchError`."""

    def __init__(self, consents: Consents, rights_seconds: float) -> None:
        self._consents, self._rights_seconds = consents, rights_seconds

    async def of(self, channel_id: str, user_id: str) -> Standing | None:
        """Return what a person who consented is to a channel; None for a stranger."""
        if user_id == channel_id:
            return "streamer"
        known = await self._consents.rows.editorship(channel_id, user_id)
        if known is None or READ_EDITORS not in known.scopes:
            return None
        checked = known.checked_seconds
        if checked is not None and checked < self._rights_seconds:
            return "editor"
        try:
            is_editor = await self.is_editor(channel_id, user_id)
        except TwitchError:
            if checked is None or checked >= OLD_SECONDS:
                raise
            return "editor"
        await self._consents.rows.note_editor(channel_id, user_id, is_editor)
        return "editor" if is_editor else None

    async def is_editor(self, channel_id: str, user_id: str) -> bool:
        """Ask Twitch, with the streamer's token, whether somebody is an editor; without consent nobody is."""
        return user_id in await self._editors(channel_id)

    async def _editors(self, channel_id: str) -> set[str]:
        try:
            editors = await self._consents.ask(channel_id, lambda helix: helix.get_editors(channel_id))
        except (ConsentGoneError, MissingScopeError):
            return set()
        return {each.user_id for each in editors}

    async def recheck(self, older_seconds: float, most: int) -> None:
        """Ask Twitch again who the editors are: who is none any more is told nothing more."""
        for channel_id, known in (await self._consents.rows.editors_to_check(older_seconds, most)).items():
            now = await self._editors(channel_id)
            for user_id in known:
                await self._consents.rows.note_editor(channel_id, user_id, user_id in now)

    async def admits(self, channel_id: str, user_id: str) -> bool:
        """Return whether somebody who signs in may stay."""
        return user_id == channel_id or await self.is_editor(channel_id, user_id)


def clip_scope_of(standing: Standing) -> str:
    """Return the scope that lets somebody make clips of the channel."""
    return OWN_CLIPS if standing == "streamer" else EDITOR_CLIPS
