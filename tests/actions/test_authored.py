"""What authors write and what actions say fit together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.nlu.training_data.loading import load_data
from rasa_sdk.executor import ActionExecutor

from actions.misses import HELP, PUZZLED
from actions.shop import NotReturnableReason, OrderStatus, ReturnStatus, ShipmentStatus

ROOT = Path(__file__).parent.parent.parent
NEVER_TYPED = {"handoff_returned", "topic_for_person", "which_meant", "none_meant"}
SAID_BY_THE_BOT_ITSELF = {
    "utter_now_the_other_request",
    "utter_other_request_later",
    "utter_other_requests_left",
    "utter_too_many_requests",
}
LEAST_EXAMPLES = 20


def authored(folder: str, key: str) -> dict[str, Any]:
    """Everything under a key of a folder's YAML files."""
    found: dict[str, Any] = {}
    for file in sorted((ROOT / folder).rglob("*.yml")):
        found |= yaml.safe_load(file.read_text(encoding="utf-8")).get(key) or {}
    return found


@pytest.fixture(scope="module")
def domain() -> dict[str, Any]:
    """domain.yml."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def intents(domain: dict[str, Any]) -> set[str]:
    """Names of the intents."""
    return {name for entry in domain["intents"] for name in entry}


@pytest.fixture(scope="module")
def responses() -> dict[str, Any]:
    """Every response."""
    return authored("data/responses", "responses")


def rules() -> str:
    """The text of all rules."""
    return "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "data/rules").glob("*.yml"))


def said_by_actions() -> set[str]:
    """Responses that actions name, written out or put together."""
    sources = (file.read_text(encoding="utf-8") for file in (ROOT / "actions").glob("*.py"))
    named = {name for source in sources for name in re.findall(r'"(utter_\w+)"', source)}
    # The key under which Rasa records which response was said, and the beginning of those that name an intent.
    named -= {"utter_action", "utter_meant_"}
    return named | {
        *(f"utter_order_{status.value}" for status in OrderStatus),
        *(f"utter_parcel_{status.value}" for status in ShipmentStatus),
        *(f"utter_return_{status.value}" for status in ReturnStatus),
        *(f"utter_not_returnable_{reason.value}" for reason in NotReturnableReason),
        *(f"utter_not_cancellable_{status.value}" for status in OrderStatus if status is not OrderStatus.PLACED),
        *(f"utter_address_locked_{status.value}" for status in OrderStatus if status is not OrderStatus.PLACED),
    }


def keys_of_buttons(responses: dict[str, Any]) -> set[tuple[str, str]]:
    """The reasons and topics that buttons stand for."""
    payloads = [
        button["payload"]
        for variations in responses.values()
        for variation in variations
        for button in variation.get("buttons", [])
    ]
    return {found for payload in payloads for found in re.findall(r'_(reason|topic)": "(\w+)"', payload)}


def test_every_action_of_the_domain_exists_and_no_other(domain: dict[str, Any]) -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    assert set(executor.actions) == set(domain["actions"])


def test_every_response_that_an_action_says_is_written(responses: dict[str, Any]) -> None:
    assert said_by_actions() - set(responses) == set()


def test_every_response_is_said_by_something(domain: dict[str, Any], responses: dict[str, Any]) -> None:
    asked = {f"utter_ask_{slot}" for slot in domain["slots"]}
    asked |= {f"utter_ask_{form}_{slot}" for form in domain["forms"] for slot in domain["slots"]}
    said = said_by_actions() | asked | set(re.findall(r"utter_\w+", rules())) | SAID_BY_THE_BOT_ITSELF
    said |= {f"utter_meant_{name}" for entry in domain["intents"] for name in entry}
    said |= {f"utter_{kind}_{key}" for kind, key in keys_of_buttons(responses)}
    assert set(responses) - said == set()


def test_every_slot_a_form_asks_for_has_a_question(domain: dict[str, Any], responses: dict[str, Any]) -> None:
    known = {*responses, *domain["actions"]}
    for form, properties in domain["forms"].items():
        for slot in properties["required_slots"]:
            asking = {f"{kind}_ask_{name}" for kind in ("utter", "action") for name in (slot, f"{form}_{slot}")}
            assert asking & known, f"{form} has no question for {slot}"


def test_every_button_means_an_intent_of_the_domain(responses: dict[str, Any], intents: set[str]) -> None:
    for name, variations in responses.items():
        for variation in variations:
            for button in variation.get("buttons", []):
                intent = re.match(r"/(\w+)(\{\{.*\}\})?$", button["payload"])
                assert intent, f"{name}: {button['payload']} (braces are written twice)"
                assert intent[1] in intents, f"{name}: {button['payload']}"


def test_every_intent_has_enough_examples_and_a_rule(intents: set[str]) -> None:
    data = load_data(str(ROOT / "data/nlu/en"))
    counts = data.number_of_examples_per_intent
    ruled = set(re.findall(r"intent: (\w+)", rules())) - {"nlu_fallback"}
    assert ruled == intents
    for intent in intents - NEVER_TYPED:
        assert counts.get(intent, 0) >= LEAST_EXAMPLES, f"{intent} has {counts.get(intent, 0)} examples"


def test_no_slot_becomes_a_feature(domain: dict[str, Any]) -> None:
    assert all(slot["influence_conversation"] is False for slot in domain["slots"].values())


def test_help_is_counted_as_not_understood() -> None:
    assert set(HELP.values()) <= PUZZLED
