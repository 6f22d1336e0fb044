"""What Discord shows of a link: the tags that a page has for other sites (Open Graph), on the hosts that are named."""

import asyncio
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

SECONDS: Final = 3.0
MOST_BYTES: Final = 200_000
KEPT: Final = 500  # links
SHOWN: Final = ("site_name", "title", "image")


class Tags(HTMLParser):
    """Collects a page's `og:` tags."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a tag's content; the first of a name counts."""
        values = dict(attrs)
        name = (values.get("property") or "").removeprefix("og:")
        if tag == "meta" and name in SHOWN and values.get("content"):
            self.found.setdefault(name, str(values["content"])[:300])


def tags_of(html: str, address: str) -> dict[str, str]:
    """Return a page's tags; a picture with its whole address, and only from the page's own host."""
    parser = Tags()
    parser.feed(html)
    found = parser.found
    image = urljoin(address, found.pop("image", ""))
    own = image != address and urlsplit(image)[:2] == urlsplit(address)[:2]
    return found | ({"image": image} if own else {})


class Previews:
    """Reads pages in the background, each once. `hosts`: host:port of the pages that are read; no other is asked."""

    def __init__(self, hosts: str) -> None:
        self._hosts = frozenset(each.strip() for each in hosts.split(",") if each.strip())
        self._known: dict[str, dict[str, str]] = {}
        self._reading: set[asyncio.Task[None]] = set()

    def of(self, address: str) -> dict[str, str]:
        """Return what is known of a page by now, and begin to read one that is new."""
        if urlsplit(address).netloc in self._hosts and address not in self._known:
            self._known[address] = {}
            task = asyncio.get_running_loop().create_task(self._read(address))
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)
            while len(self._known) > KEPT:
                del self._known[next(iter(self._known))]
        return self._known.get(address, {})

    async def _read(self, address: str) -> None:
        """Read a page; one that does not answer stays without a preview."""
        try:
            async with httpx.AsyncClient(timeout=SECONDS, trust_env=False) as http:
                answer = await http.get(address)
        except (httpx.HTTPError, ValueError):
            return
        if answer.status_code == httpx.codes.OK and len(answer.content) <= MOST_BYTES and address in self._known:
            self._known[address] = tags_of(answer.text, address)
