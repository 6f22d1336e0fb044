"""The pages of servers and channels, and what people do on them."""

from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from discord_simulator.commands.definitions import GROUP, SUBCOMMAND
from discord_simulator.commands.registry import description_in
from discord_simulator.commands.typed import TypingError
from discord_simulator.discord import Discord
from discord_simulator.errors import DiscordError
from discord_simulator.interactions.interaction import Interaction
from discord_simulator.interactions.person import NO_ANSWER, Person, form_fields
from discord_simulator.messages.drafts import read_draft
from discord_simulator.page.previews import Previews
from discord_simulator.page.rows import message_row, names_of, picture_type
from discord_simulator.world.guilds import CATEGORY, VOICE, WRITABLE, Guild
from discord_simulator.world.people import User
from discord_simulator.world.permissions import BOT_DEFAULT

FOLDER: Final = Path(__file__).parent
SHOWN_MESSAGES: Final = 60
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self' data: http: https:; style-src 'self'; script-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
TEMPLATES: Final = Environment(
    loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip


def page(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Render a template."""
    return HTMLResponse(TEMPLATES.get_template(name).render(**values), status, HEADERS)


def usages(command: dict[str, Any], locale: str) -> list[dict[str, str]]:
    """Return how a command, or each of its subcommands, is typed."""
    options = command.get("options") or []
    if options and options[0]["type"] in (SUBCOMMAND, GROUP):
        found = [row for option in options for row in usages(option, locale)]
        return [row | {"text": f"{command['name']} {row['text']}"} for row in found]
    shown = " ".join(each["name"] + ":" if each.get("required") else f"[{each['name']}:]" for each in options)
    return [{"text": f"{command['name']} {shown}".strip(), "about": description_in(command, locale)}]


class Pages:
    """The handlers. `as` in an address is the id of the person whose eyes one looks through."""

    def __init__(self, discord: Discord) -> None:
        self._discord = discord
        self._problems: dict[tuple[int, int], str] = {}
        self._previews = Previews(discord.settings.preview_hosts)

    def _guild(self, request: Request) -> Guild:
        guild = self._discord.world.guilds.get(int(request.path_params["guild_id"]))
        if guild is None:
            raise HTTPException(404, "There is no such server.")
        return guild

    def _viewer(self, request: Request, guild: Guild) -> User:
        """Return whose eyes one looks through: the owner's unless told otherwise."""
        wanted = request.query_params.get("as", "")
        number = int(wanted) if wanted.isdecimal() else guild.owner_id
        member = guild.members.get(number)
        return member.user if member and not member.user.is_bot else guild.members[guild.owner_id].user

    def _person(self, request: Request) -> Person:
        guild = self._guild(request)
        viewer = self._viewer(request, guild)
        visible = {channel.channel_id: channel for channel in guild.visible_channels(viewer.user_id)}
        channel = visible.get(int(request.path_params["channel_id"]))
        if channel is None:
            raise HTTPException(404, "This person sees no such channel.")
        return self._discord.person(guild, channel, viewer)

    async def home(self, _request: Request) -> Response:
        """Show all servers."""
        world = self._discord.world
        guilds = list(world.guilds.values())[:200]
        return page("home.html", guilds=guilds, bot=world.bot, total=len(world.guilds), permissions=BOT_DEFAULT)

    async def server(self, request: Request) -> Response:
        """Lead to a server's first channel."""
        guild = self._guild(request)
        viewer = self._viewer(request, guild)
        channels = [each for each in guild.visible_channels(viewer.user_id) if each.kind in WRITABLE]
        if not channels:
            raise HTTPException(404, "This person sees no channel.")
        return RedirectResponse(address(guild.guild_id, channels[0].channel_id, viewer), 303)

    def _messages(self, person: Person) -> dict[str, Any]:
        """Return what the list of messages shows."""
        history, guild = self._discord.posting.history, person.guild
        found = history.seen_by(person.channel.channel_id, person.user.user_id)[-SHOWN_MESSAGES:]
        names = names_of(guild, self._discord.clock.now())
        latest = self._discord.desk.latest(person.user.user_id, person.channel.channel_id)
        place = address(guild.guild_id, person.channel.channel_id, person.user)
        return {
            "messages": [
                message_row(message, guild, names, person.user.user_id, self._previews.of) for message in found
            ],
            "modal": latest.modal if latest else None,
            "fields": form_fields(latest.modal) if latest and latest.modal else [],
            "problem": self._problems.get((person.user.user_id, person.channel.channel_id), ""),
            "place": place,
            "guild": guild,
        }

    async def channel(self, request: Request) -> Response:
        """Show a channel."""
        person = self._person(request)
        guild, user = person.guild, person.user
        commands = [row for each in person.offered() for row in usages(each, user.locale)]
        return page(
            "channel.html",
            **self._messages(person),
            channel=person.channel,
            viewer=user,
            commands=commands,
            channels=guild.visible_channels(user.user_id),
            category=CATEGORY,
            voice=VOICE,
            people=[member for member in guild.members.values() if not member.user.is_bot],
            has_bot=self._discord.world.bot.user_id in guild.members,
            bot=self._discord.world.bot,
        )

    async def messages(self, request: Request) -> Response:
        """Show a channel's messages alone, for the page's script."""
        return page("messages.html", **self._messages(self._person(request)))

    async def write(self, request: Request) -> Response:
        """Send what the person typed: a command or a message."""
        person, form = self._person(request), await request.form()
        text = str(form.get("text", "")).strip()
        if text.startswith("/"):
            return await self._act(person, lambda: person.type(text))
        problem = ""
        try:
            draft = read_draft({"content": text})
            self._discord.posting.send(person.user.user_id, person.channel.channel_id, draft)
        except DiscordError as error:
            problem = str(error)
        return self._back(person, problem)

    async def press(self, request: Request) -> Response:
        """Press a button or choose from a menu."""
        person, form = self._person(request), await request.form()
        message_id, values = str(form.get("message_id", "")), [str(value) for value in form.getlist("value")]
        number = int(message_id) if message_id.isdecimal() else 0
        return await self._act(person, lambda: person.press(number, str(form.get("custom_id", "")), values))

    async def fill(self, request: Request) -> Response:
        """Send the form that is open."""
        person, form = self._person(request), await request.form()
        values = {name: str(value) for name, value in form.items()}
        return await self._act(person, lambda: person.send_form(values))

    async def _act(self, person: Person, act: Any) -> Response:
        """Do something and wait for the bot's answer."""
        try:
            interaction: Interaction = act()
        except TypingError as error:
            return self._back(person, str(error))
        return self._back(person, "" if await person.wait(interaction) else NO_ANSWER)

    def _back(self, person: Person, problem: str = "") -> Response:
        """Lead back to the channel, where the problem is shown."""
        self._problems[person.user.user_id, person.channel.channel_id] = problem
        return RedirectResponse(address(person.guild.guild_id, person.channel.channel_id, person.user), 303)

    async def suggest(self, request: Request) -> Response:
        """Return what the bot suggests for what is being typed."""
        person = self._person(request)
        try:
            interaction = person.begin_suggestions(request.query_params.get("text", ""))
        except TypingError:
            interaction = None
        if interaction is None or not await person.wait(interaction):
            return JSONResponse([], headers=HEADERS)
        option = next((each for each in focused(interaction.data["options"])), {"name": ""})
        rows = [{"name": each["name"], "value": str(each["value"])} for each in interaction.choices]
        return JSONResponse([row | {"option": option["name"]} for row in rows], headers=HEADERS)

    async def attachment(self, request: Request) -> Response:
        """Return an uploaded file: shown if it is a picture, else to be saved."""
        wanted = int(request.path_params["attachment_id"])
        found = self._discord.posting.history.seen_by_anybody(int(request.path_params["channel_id"]))
        for each in (each for message in found for each in message.attachments):
            if each.attachment_id == wanted:
                kind = picture_type(each.file.content)
                headers = HEADERS | {"Content-Security-Policy": "default-src 'none'; sandbox"}
                headers |= {} if kind else {"Content-Disposition": "attachment"}
                return Response(each.file.content, 200, headers, kind or "application/octet-stream")
        raise HTTPException(404, "There is no such file.")

    async def asset(self, request: Request) -> Response:
        """Return the style sheet or the script."""
        return FileResponse(FOLDER / "assets" / request.url.path.removeprefix("/"), headers=HEADERS)

    def routes(self) -> list[Route]:
        """Return the routes."""
        place = "/servers/{guild_id:int}/{channel_id:int}"
        return [
            Route("/", self.home),
            Route("/servers/{guild_id:int}", self.server),
            Route(place, self.channel),
            Route(f"{place}/messages", self.messages),
            Route(f"{place}/suggest", self.suggest),
            Route(f"{place}/write", self.write, methods=["POST"]),
            Route(f"{place}/press", self.press, methods=["POST"]),
            Route(f"{place}/form", self.fill, methods=["POST"]),
            Route("/attachments/{channel_id:int}/{attachment_id:int}/{name}", self.attachment),
            Route("/style.css", self.asset),
            Route("/page.js", self.asset),
        ]


def address(guild_id: int, channel_id: int, viewer: User) -> str:
    """Return the address of a channel as a person sees it."""
    return f"/servers/{guild_id}/{channel_id}?as={viewer.user_id}"


def focused(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the option that is being typed."""
    return [
        found
        for option in options
        for found in (focused(option["options"]) if "options" in option else [option] if option.get("focused") else [])
    ]
