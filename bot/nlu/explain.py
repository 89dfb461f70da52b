"""Tells what a trained model makes of one message, and why: for authors who wonder about an answer.

python -m bot.nlu.explain TEXT --model MODEL.tar.gz [--language LANG] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.light_rasa import lighten, of_model

if TYPE_CHECKING:
    from bot.nlu.trained import TrainedNLU

_RANKED = 5
_LIKELY = 0.005  # what would be shown as 0 % is left out


def main(arguments: Sequence[str] | None = None) -> int:
    """Explain one message."""
    options = _parser().parse_args(arguments)
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    lighten(of_model(options.model))
    # Only now, for this imports Rasa.
    from bot.nlu.trained import TrainedNLU
    from bot.private_log import configure_logging

    configure_logging()
    found = explanation(options.text, TrainedNLU(options.model), options.language)
    print(json.dumps(found, ensure_ascii=False, indent=2) if options.json else readable(found))  # noqa: T201
    return 0


def explanation(text: str, nlu: TrainedNLU, language: str | None = None) -> dict[str, Any]:
    """What is made of a message; the keys are those that `baton nlu explain --json` prints.

    Args:
        text: the message.
        language: the conversation's; by default the model's.
    """
    from rasa.nlu.constants import TOKENS_NAMES
    from rasa.shared.nlu.constants import TEXT

    from bot.nlu.classifier import NEAREST, SCOPE
    from bot.nlu.gate import CLOSE, WHY
    from bot.nlu.identifier import PLAIN, SPOKEN
    from bot.nlu.importer import LANGUAGE
    from bot.nlu.splitter import PARTS

    text = text.strip()
    read = nlu.read(text, language)
    parts = read.get(PARTS) or []
    return {
        "text": text,
        "language": read.get(LANGUAGE),
        "languages": dict(sorted(read.get(SPOKEN, {}).items(), key=lambda each: -each[1])),
        "plain": read.get(PLAIN).text,
        "tokens": [token.text for token in read.get(TOKENS_NAMES[TEXT]) or ()],
        "entities": [_entity(one, text) for one in read.get("entities") or ()],
        "intent": read.get("intent")["name"],
        "ranking": [one for one in read.get("intent_ranking") or () if one["name"] != "nlu_fallback"],
        "nearest": [
            {"text": example, "intent": intent, "cosine": cosine} for example, intent, cosine in read.get(NEAREST) or ()
        ],
        "familiarity": read.get(SCOPE)["familiarity"],
        "close": read.get(CLOSE),
        "why_not_understood": read.get(WHY),
        "parts": [_part(part, nlu.read(part, read.get(LANGUAGE))) for part in parts] if len(parts) > 1 else [],
        "requests": _requests(parts, nlu, read.get(LANGUAGE)) if len(parts) > 1 else [],
    }


def readable(found: Mapping[str, Any]) -> str:
    """An explanation as lines to read."""
    chances = (f"{tag} {chance:.0%}" for tag, chance in found["languages"].items() if chance >= _LIKELY)
    lines = [
        _row("language", f"{found['language']}  ({', '.join(chances)})"),
        _row("plain form", found["plain"] or "(nothing)"),
        _row("tokens", " | ".join(found["tokens"]) or "(none)"),
        *_block("entities", [f"{one['entity']} = {one['value']}   ({one['text']})" for one in found["entities"]]),
        *_block("intents", _shown_ranking(found["ranking"])),
        *_block("nearest", [f"{one['cosine']:.2f}  {one['text']}  ({one['intent']})" for one in found["nearest"]]),
        _row("familiarity", f"{found['familiarity']:.2f}  (the share of the examples that look stranger)"),
    ]
    if found["parts"]:
        lines += _block("parts", [f"{one['text']}  ({one['intent']}, {one['chance']:.0%})" for one in found["parts"]])
    return "\n".join([*lines, "", _row("so the bot", _outcome(found))])


def _outcome(found: Mapping[str, Any]) -> str:
    if len(found["requests"]) > 1:
        asked = " and then ".join(f'"{one["text"]}" ({one["intent"] or "not understood"})' for one in found["requests"])
        return f"serves several requests: {asked}"
    if found["why_not_understood"]:
        return f"says that it did not understand, for {found['why_not_understood']}"
    if found["close"]:
        which = "which" if len(found["close"]) > 1 else "whether this"
        return f"asks {which} is meant: {' or '.join(found['close'])}"
    return f"goes by the intent {found['intent']}"


def _requests(parts: Sequence[str], nlu: TrainedNLU, language: str) -> list[dict[str, Any]]:
    from bot.requests import requests_in

    requests = requests_in(parts, lambda part: {"entities": [], **nlu.read(part, language).data})
    return [{"text": one.text, "intent": one.intent, "orders": list(one.orders)} for one in requests]


def _part(part: str, read: Any) -> dict[str, Any]:
    return {"text": part, "intent": read.get("intent")["name"], "chance": read.get("intent")["confidence"]}


def _entity(found: Mapping[str, Any], text: str) -> dict[str, Any]:
    start, end = found["start"], found["end"]
    return {"entity": found["entity"], "value": found["value"], "text": text[start:end]}


def _shown_ranking(ranking: Iterable[Mapping[str, Any]]) -> list[str]:
    likely = [one for one in ranking if one["confidence"] >= _LIKELY]
    return [f"{one['confidence']:>4.0%}  {one['name']}" for one in likely[:_RANKED]]


def _block(name: str, values: Sequence[str]) -> list[str]:
    return [_row(name if place == 0 else "", value) for place, value in enumerate(values or ["(none)"])]


def _row(name: str, value: str) -> str:
    return f"{name:<13}{value}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="baton nlu explain", description="Tell what the bot makes of a message.")
    parser.add_argument("text", help="the message")
    parser.add_argument("--model", type=Path, required=True, help="a trained model")
    parser.add_argument("--language", help="the conversation's language (by default the model's)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
