"""The fan-out: each change once, bounds held."""

from functools import partial

import pytest

from api_frontend.data.live import QUEUE_LIMIT, REMEMBERED, Fanout, News, TooManyPagesError
from api_frontend.reader import CURRENT, Reader, reading
from contracts.notifications import moment_in


async def test_a_slow_page_ends_after_its_queue() -> None:
    fanout = Fanout(most_pages=2)
    with fanout.subscription("a") as page:
        for number in range(QUEUE_LIMIT + 5):
            fanout.send(News("moment", partial(str, number)))
        texts = [news.text async for news in page.news()]
    assert texts == [str(number) for number in range(QUEUE_LIMIT)]


def test_no_more_pages_than_allowed() -> None:
    fanout = Fanout(most_pages=1)
    with fanout.subscription("a"), pytest.raises(TooManyPagesError) as refused, fanout.subscription("b"):
        pass
    assert refused.value.by == "all"
    with fanout.subscription("b"):
        pass


def test_one_client_gets_a_fiftieth_of_the_places() -> None:
    fanout = Fanout(most_pages=149)
    for _ in range(2):  # what is given back may be taken again
        with fanout.subscription("a"), fanout.subscription("a"), fanout.subscription("b"):
            with pytest.raises(TooManyPagesError) as refused, fanout.subscription("a"):
                pass
            assert refused.value.by == "client"
    assert not fanout._held


def test_a_version_is_sent_once_and_memory_is_bounded() -> None:
    fanout = Fanout(most_pages=1)
    assert fanout.is_new("a", "1.0")
    assert not fanout.is_new("a", "1.0")
    assert fanout.is_new("a", "2.0")
    for number in range(REMEMBERED):
        fanout.is_new(str(number), "1.0")
    assert len(fanout._sent) == REMEMBERED


@pytest.mark.parametrize("payload", ["", "{}", "[]", "null", '{"id": 7}', "not json", '{"id": null}'])
def test_a_malformed_notification_is_no_moment(payload: str) -> None:
    assert moment_in(payload) is None


def test_news_is_written_once_for_each_language() -> None:
    readers: list[Reader] = []
    news = News("moment", lambda: readers.append(CURRENT.get()) or CURRENT.get().language)  # type: ignore[func-returns-value]
    for reader in (
        Reader("de", zone="Asia/Seoul"),
        Reader(),
        Reader("de", is_asked=True),
        Reader("en", zone="Asia/Seoul"),
    ):
        with reading(reader):
            assert news.text == reader.language
    assert readers == [Reader("de"), Reader("en")]


def test_a_notification_names_its_moment() -> None:
    assert moment_in('{"id": "abc", "revision": 2}') == "abc"
