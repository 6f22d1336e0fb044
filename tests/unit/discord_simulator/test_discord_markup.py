"""Discord's markdown as HTML: what hostile text can become."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discord_notices.markup import Names, bare_links, relative, render

NAMES = Names(users={5: "<b>Mina"}, roles={6: "Live pings"}, channels={7: "live"}, now=1_000_000)
ALLOWED = {
    "a", "br", "blockquote", "code", "em", "h4", "h5", "h6", "pre", "s", "small", "span", "strong", "time", "u"
}  # fmt: skip
ATTRIBUTES = {"href", "rel", "target", "class", "datetime", "title", "tabindex"}


class Tags(HTMLParser):
    """Collects tags, attributes and addresses."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** *it* __u__ ~~s~~ `c*d*`", "<strong>bold</strong> <em>it</em> <u>u</u> <s>s</s> <code>c*d*</code>"),
        ("<@5> <@&6> <#7>", '<span class="mention">@&lt;b&gt;Mina</span> <span class="mention">@Live pings</span> '
                            '<span class="mention">#live</span>'),
        ("snake_case_name", "snake_case_name"),
        ("a\nb", "a<br>b"),
        ("> said", "<blockquote>said</blockquote>"),
        ("-# small", "<small>small</small>"),
        (r"\*not\*", "*not*"),
        ("**a *b***", "<strong>a *b</strong>*"),
        ("```py\n<i>\n```", "<pre>&lt;i&gt;\n</pre>"),
    ],
)  # fmt: skip
def test_markup_is_rendered(text: str, html: str) -> None:
    assert render(text, NAMES) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '[x](https://a.b/"onmouseover="alert(1))',
        "https://a.b/\"><img src=x onerror=alert(1)>",
        "**<img src=x>**",
        "<t:99999999999:R><@999><@&999><#999>",
        "```<script>```",
    ],
)  # fmt: skip
def test_hostile_text_stays_text(text: str) -> None:
    found = Tags(render(text, NAMES))
    assert found.tags <= ALLOWED
    assert found.attributes <= ATTRIBUTES
    assert all(link.startswith(("http://", "https://")) for link in found.links)


@given(st.text("<>\"'&*_~`|\\[]()#@:!/thpsx -\n1", max_size=60))
def test_no_text_makes_other_tags(text: str) -> None:
    found = Tags(render(text, NAMES))
    assert found.tags <= ALLOWED
    assert found.attributes <= ATTRIBUTES


def test_times_are_relative() -> None:
    assert relative(90) == "in 2 minutes"
    assert relative(-3600) == "1 hour ago"
    assert "in 1 minute" in render("<t:1000060:R>", NAMES)


def test_links_in_angle_brackets_have_no_preview() -> None:
    assert bare_links("see https://a.b/c and <https://d.e> or [f](https://g.h) https://a.b/c") == ["https://a.b/c"]
