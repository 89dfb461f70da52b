"""The approved templates of an account, those that Baton can fill."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.base import TemplateShape
from connectors.whatsapp.fields import listed, part, words
from connectors.whatsapp.graph import Graph

_PLACE = re.compile(r"\{\{(.*?)\}\}")
_MOST_PAGES = 20
_LONGEST = 4096


async def approved(graph: Graph, account_id: str) -> Sequence[TemplateShape]:
    """Return the templates whose only places are `{{1}}`, `{{2}}`, … of the body.

    Others (a picture or place in the header, a button whose address has one, named places, one-time codes) ask for
    more than an agent types, and are left out.

    Raises:
        GraphFailure: they can't be read.
    """
    found: list[TemplateShape] = []
    query = {"fields": "name,language,status,category,parameter_format,components", "limit": "100"}
    after = ""
    for _ in range(_MOST_PAGES):
        page = await graph.get(
            f"{account_id}/message_templates", **query, status="APPROVED", **({"after": after} if after else {})
        )
        shapes = (_shape(template) for template in listed(page, "data") if isinstance(template, dict))
        found += [shape for shape in shapes if shape is not None]
        paging = part(page, "paging")
        # The address of the next page is not followed: the token goes to addresses of our own making only.
        after = words(part(paging, "cursors"), "after", 1024)
        if not after or not paging.get("next"):
            break
    return sorted(found, key=lambda shape: (shape.name, shape.language))


def _shape(template: Mapping[str, Any]) -> TemplateShape | None:
    name, language = words(template, "name", 512), words(template, "language", 20)
    if not name or not language or template.get("category") == "AUTHENTICATION":
        return None
    texts: list[str] = []
    places = 0
    for component in listed(template, "components"):
        if not isinstance(component, dict):
            return None
        text, kind = words(component, "text", _LONGEST), component.get("type")
        if kind == "BODY":
            inner = _PLACE.findall(text)
            places = len(set(inner))
            if {place.strip() for place in inner} != {str(n) for n in range(1, places + 1)}:
                return None
        elif not _needs_nothing(component, text):
            return None
        texts += [text] if text else []
    return TemplateShape(name, language.replace("_", "-"), "\n\n".join(texts), places)


def _needs_nothing(component: Mapping[str, Any], text: str) -> bool:
    """Tell whether a part besides the body is sent as it was approved."""
    kind = component.get("type")
    if kind == "HEADER":
        return component.get("format") == "TEXT" and not _PLACE.search(text)
    if kind == "BUTTONS":
        return all(map(_presses, listed(component, "buttons")))
    return kind == "FOOTER"


def _presses(button: Any) -> bool:
    """Tell whether a button is complete, unlike one whose address or code comes with each send."""
    if not isinstance(button, dict) or button.get("type") not in ("QUICK_REPLY", "PHONE_NUMBER", "URL"):
        return False
    return not _PLACE.search(words(button, "url", _LONGEST))
