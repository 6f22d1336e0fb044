"""The control API's routes for the other providers' emotes."""

from typing import Any, Literal, Self

from fastapi import APIRouter, HTTPException
from pydantic import Field, model_validator

from twitch_simulator.control.orders import Order
from twitch_simulator.control.routes import channel_of
from twitch_simulator.crowd.foreign_emotes import PROVIDERS
from twitch_simulator.emotes.catalogues import GLOBAL
from twitch_simulator.emotes.provider_faults import FaultKind, ProviderFault
from twitch_simulator.twitch import Twitch


class EmoteFaultOrder(Order):
    """Spoil a provider's next answers. `login` "": everybody's emotes, None: all. A count of 0 cancels it."""

    provider: Literal[PROVIDERS]  # type: ignore[valid-type]
    kind: FaultKind
    login: str | None = None
    count: int = Field(1, ge=0)
    seconds: float = Field(5.0, ge=0, le=600)


class EmoteChangeOrder(Order):
    """Add, remove or rename an emote of a channel, of everybody with `login` "".

    `count`: add so many, with a number behind the name.
    `embed`: 7TV's answer about the channel holds its set, as before August 2026; `unembed` ends it.
    """

    provider: Literal[PROVIDERS]  # type: ignore[valid-type]
    login: str = ""
    action: Literal["add", "remove", "rename", "embed", "unembed"]
    emote: str = Field("", max_length=600)
    new_name: str = Field("", max_length=600)
    count: int = Field(0, ge=0, le=20_000)

    @model_validator(mode="after")
    def names_what_it_needs(self) -> Self:
        """Refuse an order without the names that its action needs."""
        if "embed" not in self.action and not self.emote:
            raise ValueError("name the emote")
        if self.action == "rename" and not self.new_name:
            raise ValueError("give the new name")
        return self


def scope_of(twitch: Twitch, login: str) -> str:
    """Return the scope of a login; answer 404 if there is no such channel."""
    return channel_of(twitch, login).channel_id if login else GLOBAL


def emote_routes(twitch: Twitch) -> APIRouter:
    """Build the routes for faults of the providers and changes of their catalogues."""
    router = APIRouter(prefix="/control")

    @router.post("/emote_fault")
    async def emote_fault(order: EmoteFaultOrder) -> dict[str, Any]:
        scope = None if order.login is None else scope_of(twitch, order.login)
        twitch.emotes.faults.set(ProviderFault(order.provider, order.kind, scope, order.count, order.seconds))
        return {"waiting": sum(fault.count for fault in twitch.emotes.faults.active)}

    @router.post("/emote_change")
    async def emote_change(order: EmoteChangeOrder) -> dict[str, Any]:
        scope, catalogues = scope_of(twitch, order.login), twitch.emotes.catalogues
        try:
            match order.action:
                case "add" if order.count:
                    emote = catalogues.add_many(order.provider, scope, order.emote, order.count)
                case "add":
                    emote = catalogues.add(order.provider, scope, order.emote)
                case "remove":
                    emote = catalogues.remove(order.provider, scope, order.emote)
                case "rename":
                    emote = catalogues.rename(order.provider, scope, order.emote, order.new_name)
                case _:
                    twitch.emotes.embed(scope, on=order.action == "embed")
                    return {"scope": scope}
        except KeyError as error:
            raise HTTPException(404, f"no emote has the name {order.emote}") from error
        return {"scope": scope, "id": emote.id, "name": emote.name, "changed_at": twitch.clock.machine()}

    return router
