"""An entry of the log as the messages in which it goes out, within what the platform can show.

Pure, and the same at every try: the parts of a message that went out already are told by their number. What a platform
cannot show is stepped down and never left out: buttons become a list, a list becomes numbered lines, a long text
becomes several messages, and a file that cannot be sent becomes a line that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum, auto

from connectors.base import Capabilities
from connectors.messaging.splitting import cut, is_right_to_left, measure, split
from connectors.outgoing import (
    Content,
    FileOut,
    MessageOut,
    Option,
    OptionStyle,
    PlaceOut,
    TemplateOut,
    TextOut,
)
from handoff.attachment import Attachment, AttachmentKind, AttachmentState
from handoff.entry import Entry
from handoff.notices import Notices, Say

Contents = Callable[[Attachment], Content]
"""Gives the bytes of a file that is in the media store."""

_BARE = (AttachmentKind.LOCATION, AttachmentKind.CONTACT, AttachmentKind.LINK)
"""Kinds of attachment that have no bytes."""

_RLM = "\u200f"


class _Way(Enum):
    """How choices are shown; numbered ones have their full titles in the text."""

    BUTTONS = auto()
    LIST = auto()
    NUMBERED_BUTTONS = auto()
    NUMBERED_LIST = auto()
    NUMBERS = auto()


_NUMBERED = (_Way.NUMBERED_BUTTONS, _Way.NUMBERED_LIST, _Way.NUMBERS)


def numbered(entry: Entry, capabilities: Capabilities) -> bool:
    """Tell whether an entry's choices are shown with numbers, so that a typed number means one of them."""
    return bool(entry.buttons) and _way(_titles(entry), capabilities) in _NUMBERED


def render(
    entry: Entry, capabilities: Capabilities, notices: Notices, contents: Contents, *, language: str = "en"
) -> list[MessageOut]:
    """Return the messages in which an entry goes out, in order; the choices are on the last one.

    Args:
        entry: an outgoing one.
        capabilities: what the platform can show.
        notices: the few words that rendering adds.
        contents: gives the bytes of files.
        language: the tag of those words, where the entry has none of its own.
    """
    if entry.template is not None and capabilities.templates:
        return [TemplateOut(entry.template)]
    spoken = entry.language or language
    sent = _plain(entry, capabilities, notices, contents, spoken)
    if not capabilities.asks_phone or not sent:
        return sent
    if entry.asks is not None:  # with each kind of question, a phone number is an answer
        return _asking(sent, notices, spoken)
    return _asking_no_more(sent, notices, spoken) if entry.asks_no_more else sent


def _plain(entry: Entry, can: Capabilities, notices: Notices, contents: Contents, spoken: str) -> list[MessageOut]:
    shown = [_attached(each, can, notices, spoken) for each in entry.attachments]
    files = [each for each in shown if isinstance(each, Attachment)]
    lines = [each for each in shown if isinstance(each, str)]
    text = "\n\n".join(part for part in (entry.text.strip(), "\n".join(lines)) if part)
    captioned = len(files) == 1 and not entry.buttons and files[0].kind not in (*_BARE, *can.uncaptioned)
    if captioned and text and measure(can.units)(text) <= can.max_caption:
        return [FileOut(files[0], contents(files[0]), text)]
    sent: list[MessageOut] = [PlaceOut(each) if each.kind in _BARE else FileOut(each, contents(each)) for each in files]
    if entry.buttons:
        return [*sent, *_choices(text, entry, can, notices, spoken)]
    return [*sent, *(TextOut(part) for part in split(text, can.max_text, measure(can.units)))]


# asking for a phone number; neither the button for it nor its going can be on one message with choices


def _asking(sent: list[MessageOut], notices: Notices, language: str) -> list[MessageOut]:
    title, last = notices.say(Say.CHANNEL_SHARE_PHONE, language), sent[-1]
    if isinstance(last, TextOut) and not last.options:
        return [*sent[:-1], replace(last, phone_button=title)]
    return [*sent, TextOut(notices.say(Say.CHANNEL_MAY_SHARE_PHONE, language), phone_button=title)]


def _asking_no_more(sent: list[MessageOut], notices: Notices, language: str) -> list[MessageOut]:
    for place, message in enumerate(sent):
        if isinstance(message, TextOut) and not message.options:
            return [*sent[:place], replace(message, no_phone_button=True), *sent[place + 1 :]]
        if isinstance(message, TextOut) and (paragraphs := message.text.rpartition("\n\n"))[0]:
            apart = TextOut(paragraphs[0], no_phone_button=True), replace(message, text=paragraphs[2])
            return [*sent[:place], *apart, *sent[place + 1 :]]
    return [TextOut(notices.say(Say.CHANNEL_ALL_RIGHT, language), no_phone_button=True), *sent]


# choices


def _titles(entry: Entry) -> list[str]:
    return [" ".join(button.title.split()) or str(place) for place, button in enumerate(entry.buttons, start=1)]


def _way(titles: Sequence[str], can: Capabilities) -> _Way:
    count = measure(can.units)

    def told_apart(most: int, also: int = 0) -> bool:
        # Platforms refuse choices with equal titles, and people cannot choose between them.
        longest = max(count(title) for title in titles)
        fit = longest <= most or (longest <= also and most >= _LEAST_TITLE)
        return fit and len({cut(title, most, count) for title in titles}) == len(titles)

    if len(titles) <= can.max_buttons and told_apart(can.button_title):
        return _Way.BUTTONS
    if len(titles) <= can.list_rows and told_apart(can.row_title, can.row_description):
        return _Way.LIST
    # The number and some letters of each title must find room.
    if len(titles) <= can.max_buttons and can.button_title >= _LEAST_TITLE:
        return _Way.NUMBERED_BUTTONS
    if len(titles) <= can.list_rows and can.row_title >= _LEAST_TITLE:
        return _Way.NUMBERED_LIST
    return _Way.NUMBERS


_LEAST_TITLE = 8


def _choices(text: str, entry: Entry, can: Capabilities, notices: Notices, language: str) -> list[MessageOut]:
    titles, count = _titles(entry), measure(can.units)
    way = _way(titles, can)
    rtl = is_right_to_left(text) or (not text and is_right_to_left("".join(titles)))
    # A mark before the number keeps a line with foreign letters in the direction of the others.
    lines = [f"{_RLM if rtl else ''}{place}. {title}" for place, title in enumerate(titles, start=1)]
    if way in _NUMBERED:
        hint = [notices.say(Say.CHANNEL_NUMBERS, language)] if way is _Way.NUMBERS else []
        text = "\n\n".join(part for part in (text, "\n".join(lines), *hint) if part)
    if way is _Way.NUMBERS:
        return [TextOut(part) for part in split(text, can.max_text, count)]
    text = text or notices.say(Say.CHANNEL_CHOOSE, language)
    is_list = way in (_Way.LIST, _Way.NUMBERED_LIST)
    most = can.row_title if is_list else can.button_title
    shown = titles if way in (_Way.BUTTONS, _Way.LIST) else [f"{n}. {title}" for n, title in enumerate(titles, start=1)]
    options = tuple(
        Option(
            id=f"{entry.seq}.{index}",
            title=cut(title, most, count),
            description=title if way is _Way.LIST and count(title) > most else "",
        )
        for index, title in enumerate(shown)
    )
    style = OptionStyle.LIST if is_list else OptionStyle.BUTTONS
    label = cut(notices.say(Say.CHANNEL_CHOOSE, language), can.button_title or most, count) if is_list else ""
    *before, last = _ending_in(text, can.max_text, can.max_interactive or can.max_text, can)
    return [*(TextOut(part) for part in before), TextOut(last, options, style, label)]


def _ending_in(text: str, most: int, most_last: int, can: Capabilities) -> list[str]:
    """Split a text so that its last part fits beside choices, which take less text than a message without."""
    count = measure(can.units)
    if count(text) <= most_last:
        return [text]
    *parts, last = split(text, most, count)
    return [*parts, *split(last, most_last, count)]


# attachments


def _attached(attachment: Attachment, can: Capabilities, notices: Notices, language: str) -> Attachment | str:
    """Return an attachment as the platform takes it, or the line that stands for it."""
    kind = attachment.kind
    if kind is AttachmentKind.LINK:
        return _line(attachment.name, attachment.url)
    if kind is AttachmentKind.CONTACT:
        return _line(attachment.name, attachment.phone)
    if kind is AttachmentKind.LOCATION:
        if attachment.latitude is None or attachment.longitude is None:
            return _line(attachment.name, attachment.url)
        if can.places:
            return attachment
        return _line(attachment.name, attachment.url, f"{attachment.latitude:.6f}, {attachment.longitude:.6f}")
    if attachment.state is AttachmentState.READY and attachment.id:
        for taken in (kind, AttachmentKind.DOCUMENT):
            if taken in can.media and attachment.size <= can.media[taken]:
                return replace(attachment, kind=taken)
    return _line(
        notices.say(Say.CHANNEL_LEFT_OUT, language), attachment.name and f"({attachment.name})", attachment.url
    )


def _line(*parts: str) -> str:
    return " ".join(part for part in parts if part)
