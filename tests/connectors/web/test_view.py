"""What the customer sees of the log, and what they do not."""

from __future__ import annotations

import json

from connectors.web.view import customer_entry, customer_page, is_shown
from handoff.entry import Author, Button, Entry, Kind, Owner, OwnerEvent, Understood, Visibility
from handoff.store.port import Page


def message(**fields: object) -> Entry:
    known: dict[str, object] = {"seq": 7, "text": "hello", **fields}
    return Entry(Kind.MESSAGE, Author.BOT, 1_700_000_000_000, **known)  # type: ignore[arg-type]


def test_a_message_is_shown_as_the_contract_has_it() -> None:
    entry = message(name="Ada Holm", language="da", facts={"agent_id": "a_ada"})
    assert customer_entry(entry) == {
        "seq": 7,
        "kind": "message",
        "author": "bot",
        "name": "Ada",
        "text": "hello",
        "language": "da",
        "buttons": [],
        "attachments": [],
        "sent_at": "2023-11-14T22:13:20.000Z",
    }


def test_a_button_has_an_id_and_its_payload_stays_on_the_server() -> None:
    shown = customer_entry(message(buttons=(Button("Yes", "/affirm"), Button("No", "/deny"))))
    assert shown["buttons"] == [{"id": "7.0", "title": "Yes"}, {"id": "7.1", "title": "No"}]
    assert "/affirm" not in json.dumps(shown)


def test_nothing_inner_leaks_into_what_the_customer_gets() -> None:
    entry = message(understood=Understood("refund", 0.4, fallback=True), facts={"risk": "high"}, in_reply_to=3)
    assert not {"understood", "facts", "in_reply_to", "visibility", "event"} & set(customer_entry(entry))


def test_notes_ratings_inner_records_and_wordless_messages_are_not_shown() -> None:
    hidden = [
        Entry(Kind.NOTE, Author.AGENT, 0, text="a note", visibility=Visibility.INTERNAL),
        Entry(Kind.CSAT, Author.CONTACT, 0, text="5"),
        Entry(Kind.OWNER, Author.SYSTEM, 0, event=OwnerEvent.OFFERED, visibility=Visibility.INTERNAL),
        Entry(Kind.NOTE, Author.AGENT, 0, text="a note by mistake public"),
        message(text=""),
    ]
    assert not any(map(is_shown, hidden))
    assert is_shown(message(text="", buttons=(Button("Yes", "/y"),)))


def test_the_customers_own_message_carries_their_id_and_nobody_elses_does() -> None:
    mine = Entry(Kind.MESSAGE, Author.CONTACT, 0, text="hi", external_id="m1")
    theirs = Entry(Kind.MESSAGE, Author.AGENT, 0, text="hi", external_id="r1")
    assert customer_entry(mine)["client_msg_id"] == "m1"
    assert "client_msg_id" not in customer_entry(theirs)


def test_a_change_of_owner_names_the_agent_by_first_name_and_no_team() -> None:
    claimed = Entry(Kind.OWNER, Author.SYSTEM, 0, name="Ada Holm", owner=Owner.AGENT, event=OwnerEvent.CLAIMED)
    assert customer_entry(claimed)["name"] == "Ada"
    assert customer_entry(claimed)["owner"] == "agent"
    to_team = Entry(
        Kind.OWNER, Author.SYSTEM, 0, name="returns desk", owner=Owner.QUEUE, facts={"team": "returns desk"}
    )
    assert customer_entry(to_team)["name"] is None


def test_a_callback_shows_when_and_not_the_phone_number() -> None:
    facts = {"callback_id": "cb_1", "status": "booked", "title": "Mon, 10:00", "phone": "+4532123456"}
    shown = customer_entry(Entry(Kind.CALLBACK, Author.SYSTEM, 0, facts=facts))
    assert shown["callback"] == {"callback_id": "cb_1", "status": "booked", "title": "Mon, 10:00"}
    assert "+4532123456" not in json.dumps(shown)


def test_a_page_resumes_after_the_last_entry_read_even_if_it_was_hidden() -> None:
    note = Entry(Kind.NOTE, Author.AGENT, 0, seq=8, visibility=Visibility.INTERNAL)
    page = customer_page(Page((message(), note), last_seq=20))
    assert [entry["seq"] for entry in page["entries"]] == [7]
    assert page["last_seq"] == 8
    assert customer_page(Page((), last_seq=20))["last_seq"] == 20
