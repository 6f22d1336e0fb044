"""What the API answers for channels, games and a search."""

from datetime import datetime

from pydantic import BaseModel, Field

from api_frontend.views.api_models import MomentModel


class ListedChannelModel(BaseModel):
    """A watched channel."""

    id: str = Field(description="Twitch's id", examples=["11"])
    login: str = Field(examples=["lunaplays"])
    display_name: str = Field(examples=["LunaPlays"])
    last_moment_at: datetime | None = Field(description="null if it has not erupted yet")
    moments: int = Field(description="of the last 24 hours")


class ChannelList(BaseModel):
    """Channels by login."""

    items: list[ListedChannelModel]
    next: str | None = Field(description="the next page's `cursor`; null at the end")


class GameModel(BaseModel):
    """A game or category, as Twitch writes it."""

    name: str = Field(examples=["Elden Ring"])
    moments: int = Field(description="of the last seven days")
    last_moment_at: datetime


class GameList(BaseModel):
    """Games, the one with the most moments first."""

    items: list[GameModel]


class SearchModel(BaseModel):
    """What was found."""

    channels: list[ListedChannelModel]
    games: list[str] = Field(description="names, for the parameter `game`")
    moments: list[MomentModel] = Field(description="the newest first; `/moments?q=` has the rest")
