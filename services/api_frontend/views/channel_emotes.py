"""A channel's emotes: the most used of a time, and the graph of some of them."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Response

from api_frontend.data.emotes.emote import MOST_AT_ONCE, PROVIDERS, EmoteKey, UsedEmote
from api_frontend.data.emotes.window import PeriodName
from api_frontend.reader import CURRENT
from api_frontend.rendering import BY_READER, READER_PAGE
from api_frontend.text.emote_graph import EmoteGraph, csv_text, span_text
from api_frontend.translation import _, marked
from api_frontend.views.asked_emotes import AskedEmotes, asked_emotes, graph_of, opened, top_of
from api_frontend.views.best import Link, with_query
from api_frontend.views.channel import CurrentChannel, Visited
from api_frontend.views.conditional import SHORTLY, piece
from emote_counts.series import STEPS

MOST_LISTED = 40
KNOWN_SHARE = 0.25  # of the last hour: a channel that was read for less opens with its last ten minutes
MOST_UNUSED = 20  # emotes without a use that a search shows
PERIOD_WORDS: dict[PeriodName, str] = {
    "live": marked("Live"),
    "hour": marked("Hour"),
    "day": marked("Day"),
    "week": marked("Week"),
    "month": marked("30 days"),
}

router = APIRouter(include_in_schema=False)
Asked = Annotated[AskedEmotes, Depends(asked_emotes)]


class Addresses:
    """Writes the addresses of a channel's emotes; the page may call all of it."""

    def __init__(self, at: Visited, asked: AskedEmotes) -> None:
        self._own, self._asked = f"/channels/{at.known.address_name}/emotes", asked

    def page(self, asked: AskedEmotes) -> str:
        """Return the page's address."""
        return with_query(self._own, asked.query())

    @property
    def csv(self) -> str:
        """The CSV file's."""
        return with_query(f"{self._own}/series.csv", self._asked.query())

    @property
    def piece(self) -> str:
        """The graph's alone."""
        return with_query(f"{self._own}/live", replace(self._asked, provider=None, name_part=None).query())

    def only(self, key: EmoteKey) -> str:
        """Show this emote alone."""
        return self.page(replace(self._asked, keys=(key,)))

    def adding(self, key: EmoteKey) -> str | None:
        """Show it beside the others; None if there are as many as there may be."""
        return self.page(self._asked.with_key(key)) if len(self._asked.keys) < MOST_AT_ONCE else None

    def removing(self, key: EmoteKey) -> str:
        """Show the others."""
        return self.page(self._asked.without(key))

    def periods(self) -> list[Link]:
        """Return the periods; each keeps the emotes, and takes the step that suits it."""
        free = replace(self._asked, from_at=None, until_at=None, step=None)
        here = None if self._asked.from_at or self._asked.until_at else self._asked.period or "hour"
        return [
            Link(_(text), self.page(replace(free, period=period)), period == here)
            for period, text in PERIOD_WORDS.items()
        ]

    def steps(self) -> list[tuple[str, str | None, bool]]:
        """Return the steps: text, address (None where the time is too long for it), and whether it is this one."""
        window = self._asked.window
        return [
            (
                span_text(step),
                self.page(replace(self._asked, step=step)) if step in window.steps else None,  # type: ignore[arg-type]
                step == window.period.step_seconds,
            )
            for step in STEPS
        ]


def live_address(channel_id: str, asked: AskedEmotes) -> str | None:
    """Return what an open page listens to; None where nothing of it is live."""
    if not asked.keys or not asked.window.is_live:
        return None
    return f"/events?moment=&emotes={channel_id}&{AskedEmotes(keys=asked.keys, now=asked.now).query()}"


async def listed(at: Visited, asked: AskedEmotes) -> list[UsedEmote]:
    """Return the list: what was used, and where a name is searched for, what was not."""
    used = await top_of(at.site, at.channel_id, asked, MOST_LISTED)
    if not asked.name_part:
        return used
    known = {each.emote.key for each in used}
    more = await at.site.emotes.unused(at.channel_id, asked.name_part, asked.providers, MOST_UNUSED)
    return used + [UsedEmote(emote=each, uses=0, people=0) for each in more if each.key not in known]


async def piece_values(at: Visited, asked: AskedEmotes) -> dict[str, Any]:
    """Return what the graph's piece shows."""
    return {
        "graph": await graph_of(at.site, at.channel_id, asked),
        "to": Addresses(at, asked),
        "channel": at.known.channel,
    }


def known_share(graph: EmoteGraph | None) -> float:
    """Return which share of the graph's steps was read; 1 where there is no graph."""
    if graph is None or not graph.lines:
        return 1.0
    uses = graph.lines[0].values.uses
    return sum(each is not None for each in uses) / len(uses)


@router.api_route("/channels/{login}/emotes", methods=["GET", "HEAD"])
async def emotes(at: CurrentChannel, asked: Asked) -> Response:
    """Show the graph and the list."""
    values = await at.common("emotes", with_curve=False)
    shown = await opened(at.site, at.channel_id, asked)
    piece_shown = await piece_values(at, shown)
    is_usual = not asked.has_time and shown.window.name == "hour"
    if is_usual and known_share(piece_shown["graph"]) < KNOWN_SHARE:
        shown = replace(shown, period="live")
        piece_shown = await piece_values(at, shown)
    values |= piece_shown
    values |= {
        "asked": shown,
        "listed": await listed(at, shown),
        "providers": PROVIDERS,
        "zone": CURRENT.get().zone,
        "live_address": live_address(at.channel_id, shown) or "/events?moment=",
    }
    return at.site.renderer.page("channel_emotes.html", values, headers=READER_PAGE)


@router.get("/channels/{login}/emotes/live")
async def live(at: CurrentChannel, asked: Asked, if_none_match: Annotated[str, Header()] = "") -> Response:
    """Return the graph alone for an open page, as JSON; 304 while it is the same. The counter hears of it."""
    if asked.window.is_live:
        at.site.graphs.ask(at.channel_id)
    html = at.site.renderer.piece("_emote_graph.html", **await piece_values(at, asked))
    return piece(html, if_none_match, BY_READER)


@router.api_route("/channels/{login}/emotes/series.csv", methods=["GET", "HEAD"])
async def series_csv(at: CurrentChannel, asked: Asked) -> Response:
    """Give every step of the graph as a file for spreadsheets."""
    graph = await graph_of(at.site, at.channel_id, await opened(at.site, at.channel_id, asked))
    name = f"emotes-{at.known.address_name}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": SHORTLY}
    return Response(csv_text(graph) if graph else "time\r\n", media_type="text/csv; charset=utf-8", headers=headers)
