"""The desk in a real browser, when the customer ends the chat.

Guards taken out to see the tests go red: the sentence above the composer; the look before a reply is sent; `ended`
among what makes the page load a conversation anew.
"""

from __future__ import annotations

from playwright.async_api import expect

from handoff.contacts import Contacts
from handoff.model import Contact, Conversation
from tests.connectors.browser import chromium, open_desk, window
from tests.connectors.desk.test_page import take
from tests.connectors.site import Customer, Site

LEFT = "The customer has ended this chat and left: a reply cannot reach them here."


async def leave(customer: Customer) -> None:
    answer = await customer.site.http.post("/api/chat/end", headers=customer.headers)
    assert answer.status_code == 204


async def texts(site: Site, conversation_id: str) -> list[str]:
    return [entry.text for entry in (await site.store.conversations.read(conversation_id, 0)).entries]


async def test_the_agent_reads_that_the_customer_left_and_sends_nothing_into_the_void(site: Site) -> None:
    async with chromium() as browser, window(browser) as page:
        customer = await site.waiting_customer()
        await open_desk(page, site)
        await take(page)
        await expect(page.get_by_text(LEFT)).to_have_count(0)
        field = page.get_by_label("Reply to the customer")
        await field.fill("On its way")
        await customer.send("are you there?")
        await leave(customer)
        await expect(page.get_by_text(LEFT)).to_be_visible()
        await expect(page.get_by_role("log").get_by_text("The customer ended the chat")).to_be_visible()
        await expect(page.locator(".card .chip", has_text="customer left")).to_be_visible()
        await expect(page.get_by_role("button", name="Send")).to_be_disabled()
        await expect(page.get_by_role("button", name="Return to bot")).to_have_count(0)
        replies: list[str] = []
        page.on("request", lambda request: replies.append(request.url) if request.url.endswith("/replies") else None)
        await field.press("Enter")
        await expect(field).to_have_value("On its way")
        await page.get_by_label("Note", exact=True).check()
        await page.get_by_role("button", name="Keep note").click()
        await expect(page.get_by_role("log").get_by_text("On its way")).to_be_visible()
        await page.get_by_role("button", name="Resolve").click()
        await page.get_by_role("button", name="Resolve").last.click()
        await expect(page.locator(".card")).to_have_count(0)
    assert replies == []
    log = await site.store.conversations.read(customer.conversation_id, 0)
    assert [entry.kind for entry in log.entries if entry.text == "On its way"] == ["note"]


async def test_where_the_customer_is_elsewhere_the_reply_goes_there(site: Site) -> None:
    customer = await site.waiting_customer()
    conversations, contacts = site.store.conversations, Contacts(site.store, site.clock)
    other = await conversations.open(Conversation("c_phone", Contact("p_phone"), "telegram", site.clock()))
    for each in (other, await conversations.get(customer.conversation_id)):
        await contacts.prove(each, "phone:+4532123456")
    async with site.agent() as ada, chromium() as browser, window(browser) as page:
        await ada.done(customer, "claim")
        taken = await conversations.get(customer.conversation_id)
        joined = other.revised(owner=taken.owner, agent_id=taken.agent_id, agent_name=taken.agent_name, epoch=1)
        joined = joined.revised(handoff=taken.handoff, had_by=taken.had_by)
        await conversations.commit(other, joined, (), site.clock())
        await open_desk(page, site)
        await page.locator(".card", has_text="Web").click()
        await expect(page.get_by_text("Replies go to Web.")).to_be_visible()
        await leave(customer)
        await expect(page.get_by_text("Replies go to Telegram.")).to_be_visible()
        await expect(page.get_by_text(LEFT)).to_have_count(0)
        await page.get_by_label("Reply to the customer").fill("Here it is")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_role("log").get_by_text("Here it is", exact=True)).to_be_visible()
    assert "Here it is" in await texts(site, "c_phone")
    assert "Here it is" not in await texts(site, customer.conversation_id)
