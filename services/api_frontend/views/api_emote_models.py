"""What the API answers of emotes."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from api_frontend.data.emotes.board import Placed
from api_frontend.data.emotes.emote import ShownEmote, UsedEmote
from api_frontend.data.stored_moment import utc
from emote_counts.series import Period, Series

KEY = "7tv:01F6MKTFTG0009C9ZSNYTFV2ZF"
IMAGE = "https://cdn.7tv.app/emote/01F6MKTFTG0009C9ZSNYTFV2ZF/2x.webp"
PEOPLE = "distinct chatters of its busiest minute"


class EmoteModel(BaseModel):
    """An emote."""

    emote: str = Field(description="`provider:id`, for the parameter `emote`", examples=[KEY])
    name: str = Field(examples=["KEKW"])
    provider: str = Field(description="7tv, bttv, ffz or twitch", examples=["7tv"])
    image: str | None = Field(description="at the provider's own address", examples=[IMAGE])


class UsedEmoteModel(EmoteModel):
    """How often an emote was used."""

    uses: int = Field(examples=[412])
    people: int = Field(description=PEOPLE, examples=[37])

    @classmethod
    def of(cls, found: UsedEmote) -> Self:
        """Convert."""
        return cls(**emote_fields(found.emote), uses=found.uses, people=found.people)


class EmotePage(BaseModel):
    """Emotes of a channel, the most used first."""

    items: list[UsedEmoteModel]
    next: str | None = Field(description="the next page's `cursor`; null at the end")


class PlacedEmoteModel(UsedEmoteModel):
    """How often an emote was used over all channels."""

    channel: str = Field(description="the id of the channel in which it was used most", examples=["11"])

    @classmethod
    def placed(cls, found: Placed) -> Self:
        """Convert."""
        used = found.used
        return cls(**emote_fields(used.emote), uses=used.uses, people=used.people, channel=found.channel.channel_id)


class EmoteBoardModel(BaseModel):
    """The most used emotes over all channels."""

    now: list[PlacedEmoteModel] = Field(description="of the last five minutes")
    today: list[PlacedEmoteModel] = Field(description="since 0:00 UTC")
    today_until: datetime = Field(description="up to when today's minutes are in; behind for a while after a start")


class EmoteSeriesItem(EmoteModel):
    """A series. null: nobody read the channel then, or it was not live, or that is not counted yet."""

    went_at: datetime | None = Field(description="since when the channel has this emote no longer; null if it has it")
    uses: list[int | None] = Field(description="a number for each step", examples=[[0, 3, 1, None]])
    people: list[int | None] | None = Field(
        description=f"from a step of a minute on: {PEOPLE} in each step; null for shorter ones"
    )

    @classmethod
    def of(cls, emote: ShownEmote, found: Series) -> Self:
        """Convert."""
        has_people = found.period.step_seconds >= 60
        return cls(
            **emote_fields(emote),
            went_at=emote.went_at,
            uses=found.uses,
            people=found.people if has_people else None,
        )


class EmoteSeriesModel(BaseModel):
    """How often emotes were used, step by step, in at most 1,500 steps."""

    channel: str = Field(description="Twitch's id", examples=["11"])
    from_at: datetime = Field(description="the first step's beginning")
    until_at: datetime = Field(description="the last step's end")
    step: int = Field(description="seconds of a step: the shortest from the one you asked for on", examples=[60])
    items: list[EmoteSeriesItem]

    @classmethod
    def of(cls, channel_id: str, period: Period, items: list[EmoteSeriesItem]) -> Self:
        """Put the answer together."""
        begin, end = utc(period.from_at), utc(period.until_at)
        return cls(channel=channel_id, from_at=begin, until_at=end, step=period.step_seconds, items=items)


def emote_fields(emote: ShownEmote) -> dict[str, Any]:
    """Return what every answer says of an emote."""
    return {
        "emote": str(emote.key),
        "name": emote.name,
        "provider": emote.key.provider,
        "image": emote.picture.address if emote.picture else None,
    }
