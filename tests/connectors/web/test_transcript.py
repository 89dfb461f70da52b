"""The customer's copy of a conversation: what is in it, and that mail is no way to write to strangers.

Seen red with internal entries written, without the day's keys, without the throttles, with links left in, and without
the demand for an answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from time import process_time

import httpx
import pytest

from connectors.mail import SmtpMail, SmtpOptions
from connectors.web.transcript import MAILS_A_DAY, Transcriber
from handoff.attachment import Attachment, AttachmentKind
from handoff.bot import BotMessage, TurnResult
from handoff.calendar import Calendar
from handoff.entry import Author, Entry, Kind, Visibility
from handoff.notices import Say
from handoff.store.memory import MemoryStore
from handoff.time_words import TimeWords
from tests.connectors.mailbox import Mailbox, mailbox
from tests.connectors.site import MONDAY_10, NOTICES, Customer, Site, said

ROUTE = "/api/chat/transcript"


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    """A mail server."""
    async with mailbox() as one:
        yield one


@pytest.fixture
async def mailing(box: Mailbox) -> AsyncIterator[Site]:
    """A running site that sends its mail there."""
    mail = SmtpMail(SmtpOptions.of(f"smtp://127.0.0.1:{box.port}", "shop@example.com"))
    async with Site.running(MemoryStore(), mail=mail) as site:
        yield site


async def answered(site: Site, text: str = "hello", language: str = "en") -> Customer:
    """A customer who has been answered."""
    customer = await site.customer(language=language)
    await customer.send(text)
    await customer.until(said(f"bot: {text}"))
    return customer


async def mailed(customer: Customer, email: object = "kim@example.com") -> httpx.Response:
    return await customer.site.http.post(ROUTE, json={"email": email}, headers=customer.headers)


def mailed_as(text: str) -> str:
    """What a mail says of a customer's message."""
    transcriber = Transcriber(TimeWords(Calendar(time_zone="UTC"), NOTICES), NOTICES)
    said_so = Entry(Kind.MESSAGE, Author.CONTACT, MONDAY_10, text=text, visibility=Visibility.PUBLIC, seq=1)
    return transcriber.write([said_so], "en", with_links=False)


# what is in it


def test_a_copy_says_who_said_what_and_when() -> None:
    transcriber = Transcriber(TimeWords(Calendar(time_zone="Europe/Copenhagen"), NOTICES), NOTICES)
    file = Attachment(AttachmentKind.IMAGE, id="a" * 64, name="jacket.png")
    hour = 3_600_000
    log = [
        Entry(Kind.MESSAGE, Author.CONTACT, MONDAY_10, text="two\nlines", attachments=(file,)),
        Entry(Kind.MESSAGE, Author.BOT, MONDAY_10 + 60_000, text="See https://shop.example"),
        Entry(Kind.NOTE, Author.AGENT, MONDAY_10, text="a secret", visibility=Visibility.INTERNAL),
        Entry(Kind.MESSAGE, Author.AGENT, MONDAY_10 + 24 * hour, text="Hi", name="Ada Holm"),
        Entry(Kind.OWNER, Author.SYSTEM, MONDAY_10 + 24 * hour, text="Ada has left."),
        Entry(Kind.MESSAGE, Author.AGENT, MONDAY_10 + 24 * hour, text="Hi again"),
    ]
    assert transcriber.write(log, "en") == (
        "Your conversation with customer service\n\n"
        "— Monday, 23 November 2026 —\n\n"
        "11:00  You\ntwo\nlines\n[File: jacket.png]\n\n"
        "11:01  Assistant\nSee https://shop.example\n\n"
        "— Tuesday, 24 November 2026 —\n\n"
        "11:00  Ada\nHi\n\n"
        "11:00  Notice\nAda has left.\n\n"
        "11:00  A colleague\nHi again\n"
    )


@pytest.mark.parametrize("language", NOTICES.languages)
async def test_a_copy_is_in_the_conversations_language(site: Site, language: str) -> None:
    customer = await answered(site, language=language)
    answer = await site.http.get(ROUTE, headers=customer.headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.text.startswith(NOTICES.say(Say.TRANSCRIPT_TITLE, language))
    assert "bot: hello" in answer.text


async def test_a_long_log_is_copied_whole(site: Site) -> None:
    customer = await answered(site)
    lines = [Entry(Kind.MESSAGE, Author.BOT, site.clock(), text=f"line {number}.") for number in range(1200)]
    await site.append(customer.conversation_id, *lines)
    written = (await site.http.get(ROUTE, headers=customer.headers)).text
    assert all(f"line {number}." in written for number in range(1200))


async def test_a_copy_is_the_customers_alone(site: Site) -> None:
    customer = await answered(site)
    assert (await site.http.get(ROUTE)).status_code == 401
    assert (await site.http.get(ROUTE, headers={"Authorization": f"Bearer {customer.token}x"})).status_code == 401
    other = await site.customer()
    assert "hello" not in (await site.http.get(ROUTE, headers=other.headers)).text


async def test_who_downloads_without_end_must_wait(site: Site) -> None:
    customer = await answered(site)
    answers = [await site.http.get(ROUTE, headers=customer.headers) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


# by mail


async def test_a_copy_is_mailed_and_agents_see_that_it_was(mailing: Site, box: Mailbox) -> None:
    customer = await answered(mailing, language="da")
    answer = await mailed(customer)
    assert (answer.status_code, answer.content) == (204, b"")
    [(to, message)] = box.taken
    assert to == ["kim@example.com"]
    assert message["Subject"] == "Din samtale med kundeservice"
    assert "bot: hello" in message.get_content()
    log = (await mailing.store.conversations.read(customer.conversation_id, 0)).entries
    assert [entry.visibility for entry in log if "e-mail" in entry.text] == [Visibility.INTERNAL]
    assert not any("kim@example.com" in entry.text for entry in log)
    assert not any("e-mail" in entry["text"] for entry in (await customer.events())["entries"])


async def test_a_conversation_is_mailed_twice_a_day_however_many_ask_at_once(mailing: Site, box: Mailbox) -> None:
    customer = await answered(mailing)
    answers = await asyncio.gather(*(mailed(customer, f"kim{number}@example.com") for number in range(5)))
    assert sorted(answer.status_code for answer in answers) == [204] * MAILS_A_DAY + [429] * 3
    assert len(box.taken) == MAILS_A_DAY
    mailing.clock.advance(24 * 3600)
    assert (await mailed(customer, "kim9@example.com")).status_code == 204


async def test_the_day_s_mails_are_counted_in_the_log_not_in_the_process(box: Mailbox) -> None:
    store, mail = MemoryStore(), SmtpMail(SmtpOptions.of(f"smtp://127.0.0.1:{box.port}", "shop@example.com"))
    async with Site.running(store, mail=mail) as before:
        customer = await answered(before)
        for _ in range(MAILS_A_DAY):
            assert (await mailed(customer)).status_code == 204
    async with Site.running(store, mail=mail) as after:
        assert (await mailed(Customer(after, customer.token, customer.conversation_id))).status_code == 429


async def test_one_address_gets_few_mails_whoever_asks(mailing: Site, box: Mailbox) -> None:
    customers = [await answered(mailing) for _ in range(5)]
    statuses = [(await mailed(customer, "Victim@example.com")).status_code for customer in customers]
    assert statuses == [204, 204, 204, 429, 429]
    assert (await mailed(customers[4], "victim@EXAMPLE.com")).status_code == 429


async def test_one_caller_sends_few_mails_whatever_the_address(mailing: Site, box: Mailbox) -> None:
    statuses = []
    for number in range(11):
        statuses.append((await mailed(await answered(mailing), f"kim{number}@example.com")).status_code)
    assert statuses == [204] * 10 + [429]


async def test_what_a_customer_wrote_goes_out_without_links(mailing: Site, box: Mailbox) -> None:
    text = "win at https://evil.example/x, www.evil.example or evil.example/y; I am kim.b@example.com and paid 12.50"
    customer = await mailing.customer()
    mailing.bot.answer = lambda _: TurnResult((BotMessage("see https://shop.example/help"),))
    await customer.send(text)
    await customer.until(said("see https://shop.example/help"))
    assert (await mailed(customer)).status_code == 204
    written = box.taken[0][1].get_content()
    assert "evil" not in written
    assert "kim.b@example.com and paid 12.50" in written
    assert "https://shop.example/help" in written
    downloaded = (await mailing.http.get(ROUTE, headers=customer.headers)).text
    assert "https://evil.example/x" in downloaded


@pytest.mark.parametrize(
    "link",
    [
        "evil.example",
        "EVIL.example/x?y=1",
        "//evil.example",
        "..evil.example",
        "a..evil.example",
        "@evil.example",
        "_evil.example",
        "ftp://evil",
        "1http://evil.1",
        "x@http://evil.example",
        "evil.example/kim@shop.example",
        "evil.example:8080/x",
        "bücher-evil.example",
        "shop.evil.рф",
    ],
)
def test_nothing_that_a_mail_program_would_make_a_link_of_is_left(link: str) -> None:
    assert "evil" not in mailed_as(f"go to {link} now")


@pytest.mark.parametrize(
    "text", ["kim.b+x@mail.shop.example", "(kim@shop.example)", "12.50 kr.", "Yes... and no.", "10234"]
)
def test_what_is_no_link_is_left(text: str) -> None:
    assert f"\n{text}\n" in mailed_as(text)


@pytest.mark.parametrize("part", ["a", "a-", "a.", "a-.", "a@", "a://", "a.1"])
def test_a_long_text_is_searched_for_links_at_once(part: str) -> None:
    began = process_time()
    mailed_as(part * 4000 + "!")
    assert process_time() - began < 0.5


async def test_nothing_is_mailed_before_somebody_has_answered(mailing: Site, box: Mailbox) -> None:
    mailing.bot.hangs = True
    customer = await mailing.customer()
    await customer.send("buy my things")
    assert (await mailed(customer)).status_code == 422
    assert box.taken == []


@pytest.mark.parametrize("email", ["", "kim", "a@example.com,b@example.com", "a@example.com\nBcc: b@x.dk", None, 7])
async def test_only_one_plain_address_is_mailed_to(mailing: Site, box: Mailbox, email: object) -> None:
    customer = await answered(mailing)
    assert (await mailed(customer, email)).status_code == 422
    assert box.taken == []


async def test_a_mail_server_that_fails_is_a_503_and_a_site_without_one_says_so(
    mailing: Site, box: Mailbox, site: Site
) -> None:
    box.refusal = "451 later"
    assert (await mailed(await answered(mailing))).status_code == 503
    assert (await mailed(await answered(site))).status_code == 422


@pytest.mark.parametrize("has_mail", [True, False])
async def test_a_page_is_told_what_it_may_offer(mailing: Site, site: Site, has_mail: bool) -> None:
    offer = (await (mailing if has_mail else site).http.get("/api/chat/offer")).json()
    assert offer["mail"] is has_mail
    assert (offer["files"]["max_bytes"], offer["files"]["max_files"]) == (16_000_000, 10)
    assert {"png", "pdf", "docx", "txt"} <= set(offer["files"]["endings"])
    assert not {"exe", "html", "svg", "zip"} & set(offer["files"]["endings"])
