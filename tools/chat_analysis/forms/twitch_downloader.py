"""TwitchDownloader's chat file: an object with `comments`, and beside them the video, and pictures of emotes."""

from collections.abc import Iterator

import msgspec

from chat_analysis.forms.batch import ForeignMessage, time_of
from chat_analysis.forms.facts import Facts
from chat_analysis.forms.json_items import CutError, JsonText
from chat_analysis.forms.system_texts import note_system_text
from contracts.chat_messages import Emote

FORM = "TwitchDownloader"
CHAT_NOTICES = (None, "", "highlighted-message", "skip-subs-mode-message", "gigantified-emote-message")  # are messages
_encode = msgspec.json.Encoder().encode


def read(text: JsonText, facts: Facts) -> Iterator[ForeignMessage]:
    """Yield the messages of the object; the rest of it goes to `facts` or is stepped over."""
    read_comments = 0
    try:
        for name in text.members():
            if name == "comments":
                for comment in text.items():
                    read_comments += 1
                    if message := message_of(comment, facts):
                        yield message
            elif name in ("video", "streamer"):
                _note(name, text.value(), facts)
            elif facts.video_id and read_comments:
                return  # all that matters was read, and what is left may be large
            else:
                text.leave()
    except CutError:
        facts.cut = f"the file ends in the middle, after {read_comments:,} messages"


def message_of(comment: object, facts: Facts) -> ForeignMessage | None:
    """Return a comment's message; None, with the reason noted in `facts`, if it is none."""
    comment = comment if isinstance(comment, dict) else {}
    message = comment.get("message")
    message = message if isinstance(message, dict) else {}
    t, body = time_of(comment.get("content_offset_seconds")), message.get("body")
    if t is None:
        facts.untimed += 1
        return None
    if not isinstance(body, str):
        facts.textless += 1
        return None
    if note_system_text(body, t, facts):
        return None
    notice = message.get("user_notice_params")
    if isinstance(notice, dict) and notice.get("msg_id", notice.get("msg-id")) not in CHAT_NOTICES:
        facts.notices += 1
        return None
    return ForeignMessage(t, _author(comment.get("commenter"), facts), body, _emotes(message, body))


def _author(commenter: object, facts: Facts) -> str:
    """Return who wrote it: an account that is gone leaves null, and all of those count as one person."""
    if isinstance(commenter, dict) and (found := commenter.get("_id") or commenter.get("name")):
        return str(found)
    facts.authorless += 1
    return ""


def _emotes(message: "dict[str, object]", body: str) -> str:
    """Return Twitch's emotes. Places follow from the fragments: the ends in `emoticons` are not always right."""
    fragments = message.get("fragments")
    emotes, at = list[Emote](), 0
    for fragment in fragments if isinstance(fragments, list) else ():
        text = fragment.get("text") if isinstance(fragment, dict) else None
        if not isinstance(text, str):
            return ""
        emoticon = fragment.get("emoticon")
        if isinstance(emoticon, dict) and emoticon.get("emoticon_id") and text:
            length = len(text.rstrip())
            emotes.append(Emote("twitch", str(emoticon["emoticon_id"]), at, at + length - 1))
        at += len(text)
    return _encode(emotes).decode() if emotes and at == len(body) else ""


def _note(name: str, value: object, facts: Facts) -> None:
    value = value if isinstance(value, dict) else {}
    if name == "streamer":
        facts.channel = str(value.get("name") or "") or None
        return
    facts.title = str(value.get("title") or "") or None
    video_id = str(value.get("id") or "").removeprefix("v")
    facts.video_id = video_id if video_id.isdecimal() else None  # a clip's is a word, and its times are the clip's
