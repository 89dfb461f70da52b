"""The desk in a real browser: drafts, colleagues who are faster, long logs, windows that sleep."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path

from playwright.async_api import Page, Route, expect

from handoff.bot import TurnRequest, TurnResult
from handoff.entry import Author, Entry, Kind, Understood
from tests.connectors.browser import chromium, open_desk, window
from tests.connectors.site import PASSWORD, Customer, Site, said
from tests.handoff.scene import shop_bot
from tests.waiting import eventually

PULSE = Path(__file__).parents[3] / "connectors" / "desk" / "static" / "pulse.js"


async def take(page: Page, place: int = 0) -> None:
    """Read a conversation of the queue, and take it."""
    await page.get_by_role("navigation").locator("section", has_text="Queue").locator(".card").nth(place).click()
    await page.get_by_role("button", name="Take it").click()
    await expect(page.get_by_label("Reply to the customer")).to_be_visible()


async def test_what_was_not_sent_waits_while_the_agent_turns_to_another_conversation(site: Site) -> None:
    async with chromium() as browser, window(browser) as page:
        await site.waiting_customer()
        await site.waiting_customer()
        await open_desk(page, site)
        await take(page)
        await page.get_by_label("Reply to the customer").fill("I'll look into")
        await take(page)
        await expect(page.get_by_label("Reply to the customer")).to_have_value("")
        await page.locator(".card:not(.current)").first.click()
        await expect(page.get_by_label("Reply to the customer")).to_have_value("I'll look into")


async def test_a_reply_without_an_answer_is_written_once_though_the_agent_was_elsewhere_meanwhile(site: Site) -> None:
    """Goes red when the reply's id goes with its composer."""
    one, other = await site.waiting_customer(), await site.waiting_customer()
    async with site.agent() as ada:
        for customer in (one, other):
            await ada.done(customer, "claim")

    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort()

    async with chromium() as browser, window(browser) as page:
        await open_desk(page, site)
        await page.route("**/replies", lose_the_answer, times=1)
        cards = page.locator(".card")
        await cards.first.click()
        await page.get_by_label("Reply to the customer").fill("On its way")
        async with page.expect_event("requestfailed"):
            await page.get_by_role("button", name="Send").click()
        await cards.last.click()
        await cards.first.click()
        await expect(page.get_by_label("Reply to the customer")).to_have_value("On its way")
        async with page.expect_response("**/replies"):
            await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_label("Reply to the customer")).to_have_value("")
        await expect(page.get_by_role("log").get_by_text("On its way", exact=True)).to_have_count(1)
    logs = [await site.store.conversations.read(each.conversation_id, 0) for each in (one, other)]
    assert [entry.text for log in logs for entry in log.entries].count("On its way") == 1


async def test_a_conversation_that_a_colleague_takes_is_closed_with_a_word(site: Site) -> None:
    async with chromium() as browser, window(browser) as page, site.agent("bo") as bo:
        customer = await site.waiting_customer()
        await open_desk(page, site)
        await page.locator(".card").first.click()
        await expect(page.get_by_role("button", name="Take it")).to_be_visible()
        await bo.done(customer, "claim")
        await expect(page.get_by_text("Bo Berg has this conversation now.")).to_be_visible()
        await expect(page.get_by_role("log")).to_have_count(0)


async def test_a_reply_shows_once_and_marks_the_conversation_answered(site: Site) -> None:
    async with chromium() as browser, window(browser) as page:
        customer = await site.waiting_customer()
        await open_desk(page, site)
        await take(page)
        card = page.locator(".card").first
        await customer.send("my kettle leaks")
        await expect(card.locator(".last")).to_have_text("my kettle leaks")
        field = page.get_by_label("Reply to the customer")
        await field.fill("A new one is on its way")
        await field.press("Enter")
        await expect(card).to_contain_text("answered")
        await expect(page.locator(".entry.agent .text")).to_have_text(["A new one is on its way"])
        await expect(card.locator(".last")).to_have_text("my kettle leaks")


async def test_what_is_being_read_is_not_unread_and_the_others_are(site: Site) -> None:
    async with chromium() as browser, window(browser) as page:
        customers = [await site.waiting_customer(), await site.waiting_customer()]
        await open_desk(page, site)
        await take(page)
        await take(page)
        for customer in customers:
            await customer.send("are you there?")
        for card in await page.locator(".card").all():
            await expect(card.locator(".last")).to_have_text("are you there?")
        await expect(page.locator(".card:not(.current)")).to_contain_text("1 unread")
        await expect(page.locator(".card.current")).not_to_contain_text("unread")


async def test_what_the_bot_tried_is_named_in_words(site: Site) -> None:
    heard = {"how long?": "faq_delivery_time", "10234": "inform", "where is it?": "order_status"}

    def answer(request: TurnRequest) -> TurnResult:
        intent = heard.get(request.text or "")
        return (
            replace(shop_bot(request), understood=Understood(intent, 0.9, fallback=False))
            if intent
            else shop_bot(request)
        )

    site.bot.answer = answer
    customer = await site.customer()
    for text in heard:
        await customer.send(text)
        await customer.until(said(f"bot: {text}"))
    await customer.send("person")
    await customer.until(lambda entry: entry.get("owner") == "queue")
    async with chromium() as browser, window(browser) as page:
        await open_desk(page, site)
        await page.locator(".card").first.click()
        tried = page.get_by_label("Summary").locator("div", has_text="Tried").locator("dd")
        await expect(tried).to_have_text("delivery time, order status, person")


async def test_an_agent_is_told_who_reads_the_outcome(site: Site) -> None:
    async with chromium() as browser, window(browser) as page:
        await site.waiting_customer()
        await open_desk(page, site)
        await take(page)
        outcome = page.get_by_label("Outcome, in one line")
        for ending, reader in (("Return to bot", "The customer"), ("Resolve", "Only colleagues")):
            await page.get_by_role("button", name=ending, exact=True).first.click()
            await expect(page.get_by_text(f"{reader} read")).to_be_visible()
            await expect(outcome).to_have_accessible_description(re.compile(f"{reader} reads? this line."))
            await page.keyboard.press("Escape")


async def test_of_a_long_log_the_end_is_shown_and_the_rest_on_demand(site: Site) -> None:
    async with chromium() as browser, window(browser) as page:
        customer = await site.waiting_customer()
        await grow(site, customer, 700)
        await open_desk(page, site)
        await page.locator(".card").first.click()
        await expect(page.get_by_text("line 699", exact=True)).to_be_in_viewport()
        assert await page.locator(".log .entry, .log .event").count() == 300
        await page.get_by_role("button", name="earlier entries").click()
        await expect(page.get_by_text("line 0", exact=True)).to_have_count(1)
        await page.get_by_role("log").evaluate("log => { log.scrollTop = 0; }")
        await grow(site, customer, 1)
        await expect(page.get_by_text("line 0", exact=True)).to_have_count(2)
        assert await page.get_by_role("log").evaluate("log => log.scrollTop") == 0


async def test_a_conversation_goes_to_a_team_with_a_note(site: Site) -> None:
    async with chromium() as browser, window(browser) as page:
        bo = await site.store.agents.by_login("bo")
        assert bo is not None
        await site.store.agents.replace(replace(bo, team="repairs"))
        customer = await site.waiting_customer()
        await open_desk(page, site)
        await take(page)
        await page.get_by_role("button", name="Transfer").click()
        await expect(page.get_by_label("Note for whoever takes over")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Transfer")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.get_by_label("Note for whoever takes over").fill("broken on arrival")
        await page.get_by_role("button", name="Team repairs").click()
        await expect(page.get_by_text("Transferred to repairs")).to_be_visible()
        await expect(page.locator(".entry.note .text")).to_have_text("broken on arrival")
        kept = await site.store.conversations.get(customer.conversation_id)
        assert kept.handoff is not None
        assert kept.handoff.team == "repairs"


async def test_a_conversation_given_to_a_colleague_closes_without_a_complaint(site: Site) -> None:
    """The lists tell of it before the call is answered, so the page may ask again for what is no longer the agent's."""
    told = asyncio.Event()

    async def answer_late(route: Route) -> None:
        answer = await route.fetch()
        await told.wait()
        await route.fulfill(response=answer)

    async with chromium() as browser, window(browser) as page, site.agent("bo"):
        customer = await site.waiting_customer()
        await open_desk(page, site)
        await take(page)
        await page.route("**/transfer", answer_late)
        await page.get_by_role("button", name="Transfer").click()
        await page.get_by_role("button", name="Bo Berg").click()
        await expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
        told.set()
        await expect(page.locator(".notice")).to_have_count(0)
        assert (await site.store.conversations.get(customer.conversation_id)).agent_id == "a_bo"


async def test_a_session_that_ends_says_so_and_keeps_what_its_agent_was_writing_from_others(site: Site) -> None:
    async with chromium() as browser, window(browser) as page, site.agent() as ada:
        customer = await site.waiting_customer()
        await open_desk(page, site)
        await take(page)
        await page.get_by_label("Reply to the customer").fill("not sent yet")
        await lose_session(page)
        await sign_in(page, "ada")
        await page.locator(".card").first.click()
        await expect(page.get_by_label("Reply to the customer")).to_have_value("not sent yet")
        await lose_session(page)
        await ada.done(customer, "transfer", team="repairs")
        await sign_in(page, "bo")
        await take(page)
        await expect(page.get_by_label("Reply to the customer")).to_have_value("")


async def test_the_customer_is_no_longer_shown_writing_once_they_have_written(site: Site) -> None:
    async with chromium() as browser, window(browser) as page:
        customer = await site.waiting_customer()
        await open_desk(page, site)
        await take(page)
        async with customer.live() as live:
            await live.send(typing=True)
            await expect(page.get_by_text("The customer is writing…")).to_be_visible()
            await customer.send("here it is")
            await expect(page.get_by_text("here it is").last).to_be_visible()
            await expect(page.get_by_text("The customer is writing…")).to_have_count(0, timeout=2000)


async def test_the_end_of_the_log_stays_in_sight_when_there_is_less_room(site: Site) -> None:
    async with chromium() as browser, window(browser) as page:
        customer = await site.waiting_customer()
        await grow(site, customer, 40)
        await open_desk(page, site)
        await page.locator(".card").first.click()
        await expect(page.get_by_text("line 39", exact=True)).to_be_in_viewport()
        await page.set_viewport_size({"width": 1200, "height": 520})
        await expect(page.get_by_text("line 39", exact=True)).to_be_in_viewport(ratio=1)


async def test_the_heartbeat_is_kept_by_a_worker_which_no_browser_slows_down(site: Site) -> None:
    async def beat_faster(route: Route) -> None:
        await route.fulfill(body=PULSE.read_text().replace("10_000", "20"), content_type="text/javascript")

    async with chromium() as browser, window(browser) as page:
        await page.route("**/pulse.js", beat_faster)
        await open_desk(page, site)

        async def has_worker() -> bool:
            return len(page.workers) == 1

        async def heard_of() -> bool:
            return (await site.store.agents.presences())["a_ada"].seen_at == site.clock()

        await eventually(has_worker)
        site.clock.advance(60)
        await eventually(heard_of)


async def lose_session(page: Page) -> None:
    """Find out at the next call that the session has ended."""
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("Your session has ended.")).to_be_visible()


async def sign_in(page: Page, login: str) -> None:
    """Sign in at the page that is shown."""
    await page.get_by_label("Login").fill(login)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()


async def grow(site: Site, customer: Customer, lines: int) -> None:
    """Add so many lines of the bot to a log."""
    said = [Entry(Kind.MESSAGE, Author.BOT, site.clock(), text=f"line {number}") for number in range(lines)]
    await site.append(customer.conversation_id, *said)


async def test_the_desk_tells_which_language_a_customer_speaks_and_reads_each_text_its_own_way(site: Site) -> None:
    customer = await site.customer(language="ar")
    await customer.send("DHL متى يصل طلبي؟")
    await customer.until(said("bot: DHL متى يصل طلبي؟"))
    await customer.send("person")
    await customer.until(lambda entry: entry.get("owner") == "queue")
    async with chromium() as browser, window(browser) as page:
        await open_desk(page, site)
        card = page.locator(".card").first
        await expect(card.locator(".chip").first).to_have_text("Web · Arabic")
        await card.click()
        await expect(page.locator(".conversation header .hint")).to_contain_text("Web · Arabic")
        notice = page.locator(".entry.system .text").first
        await expect(notice).to_have_attribute("lang", "ar")
        await expect(notice).to_have_css("direction", "rtl")


async def test_a_callback_in_the_log_says_in_english_where_it_stands(site: Site) -> None:
    customer = await site.customer(language="da")
    await customer.send("person")
    await customer.until(lambda entry: entry.get("owner") == "queue")
    await site.booked_callback(customer)
    async with chromium() as browser, window(browser) as page:
        await open_desk(page, site)
        await page.locator(".card").first.click()
        entry = page.locator(".callback-entry")
        await expect(entry.locator(".who")).to_contain_text("Baton (callback booked)")
        await expect(entry.locator(".text")).to_contain_text("Opkald booket: man. 23. nov.")
        await expect(page.locator(".callback strong")).to_contain_text("Mon 23 Nov")
