"""The customer's page in every language: the widget's words, which way texts are read, the shop's own page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, expect

import connectors.web
from handoff.bot import BotMessage, TurnRequest, TurnResult
from handoff.entry import Author, Button, Entry, Kind
from tests.connectors.browser import chromium, conversation_of, window
from tests.connectors.site import ADA, Site
from tests.handoff.scene import NOTICES, shop_bot

STATIC = Path(connectors.web.__file__).parent / "static"
STRINGS = sorted(file.stem for file in (STATIC / "strings").glob("*.js"))
OPEN = {"en": "Open chat", "da": "Åbn chatten", "ru": "Открыть чат", "zh": "打开聊天", "ar": "فتح المحادثة"}
HEAD = '<!doctype html><html {page}><head><link rel="icon" href="data:,"></head>'
HOSTED = HEAD + '<body>{before}<script type="module" src="/widget.js"></script></body></html>'


def polyglot(request: TurnRequest) -> TurnResult:
    """Answer in Arabic to Arabic, beginning with a Latin name, and in English to all else."""
    if "طلبي" in (request.text or ""):
        return TurnResult((BotMessage("DHL يوصل طلبك", (Button("10234 نعم", "/yes"),)),), language="ar")
    return replace(shop_bot(request), language="en")


@asynccontextmanager
async def visitor(browser: Browser, locale: str) -> AsyncIterator[Page]:
    """A window of somebody whose browser speaks that language; an error on its page fails the test."""

    def is_ours(said: ConsoleMessage) -> bool:
        # Chromium lets a page that a test made up open no socket to this machine; the chat goes on by polling.
        return said.type == "error" and "LOCAL_NETWORK_ACCESS" not in said.text

    context = await browser.new_context(locale=locale)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if is_ours(said) else None)
    yield page
    await context.close()
    assert errors == []


async def host(page: Page, site: Site, attributes: str = "", before: str = "") -> None:
    """Show another page of the site, which embeds the widget."""
    body = HOSTED.format(page=attributes, before=before)
    await page.route("**/host", lambda route: route.fulfill(body=body, content_type="text/html"))
    await page.goto(f"{site.origin}/host")


def test_the_widget_knows_every_language_that_there_is_a_file_for_and_no_other() -> None:
    listed = re.search(r"LANGUAGES = \[(.*?)\]", (STATIC / "strings.js").read_text("utf-8"))
    assert listed is not None
    assert re.findall(r'"(\w+)"', listed[1]) == STRINGS == sorted(NOTICES.languages)


async def test_every_language_has_the_same_strings_and_the_shop_the_same_words(site: Site) -> None:
    async with chromium() as browser, window(browser) as page:
        await page.goto(site.origin)
        kinds = await page.evaluate(
            """async (tags) => Promise.all(tags.map(async (tag) => {
              const { default: words } = await import(`/static/web/strings/${tag}.js`);
              const counted = [1, 2, 3, 5, 11, 100].map((n) => words.unread(n));
              const filled = [...counted, words.agent("Ada"), words.tooLong("4,000")];
              return [Object.entries(words).map(([key, word]) => `${key}:${typeof word}`).sort(),
                filled.every((text) => text && !/undefined|NaN/.test(text))];
            }))""",
            STRINGS,
        )
        assert all(entry == kinds[0] for entry in kinds)
        assert kinds[0][1] is True
        shop = await page.evaluate(
            "import('/static/web/shop-words.js').then(({default: all}) => "
            "Object.values(all).map((words) => Object.keys(words).filter((key) => words[key]).sort()))"
        )
        assert len(shop) == len(STRINGS)
        assert all(words == shop[0] for words in shop)
        used = await page.evaluate("[...document.querySelectorAll('[data-words]')].map((one) => one.dataset.words)")
        assert set(used) == set(shop[0]) - {"name", "direction"}


@pytest.mark.parametrize("language", STRINGS)
async def test_the_shop_and_the_widget_speak_the_language_chosen(site: Site, language: str) -> None:
    async with chromium() as browser, visitor(browser, "en-US") as page:
        await page.goto(site.origin)
        await page.get_by_label("Language").select_option(language)
        await expect(page.get_by_role("button", name=OPEN[language], exact=True)).to_be_visible()
        await page.goto(site.origin)  # it is remembered
        direction = "rtl" if language == "ar" else "ltr"
        for part in ("html", "baton-chat"):
            await expect(page.locator(part)).to_have_attribute("lang", language)
            await expect(page.locator(part)).to_have_attribute("dir", direction)
        await page.get_by_role("button", name=OPEN[language], exact=True).click()
        await page.locator("baton-chat textarea").fill("hello")
        await page.locator("baton-chat textarea").press("Enter")
        await expect(page.locator("baton-chat .entry.bot")).to_have_count(1)
        kept = await site.store.conversations.get(await conversation_of(page, site))
        assert kept.language == language


@pytest.mark.parametrize(
    ("locale", "attributes", "before", "language"),
    [
        ("ru-RU", 'lang="da"', '<baton-chat lang="zh-Hans"></baton-chat>', "zh-Hans"),
        ("ru-RU", 'lang="ar"', "", "ar"),
        ("ru-RU", "", "", "ru-RU"),
        ("ru-RU", 'lang="da_DK"', "", "da-DK"),
        ("ru-RU", 'lang="no language at all"', "", "ru-RU"),
        ("de-DE", 'lang="ar-u-nu-latn"', "", "ar"),
    ],
)
async def test_the_widget_takes_the_elements_language_before_the_pages_before_the_browsers(
    site: Site, locale: str, attributes: str, before: str, language: str
) -> None:
    async with chromium() as browser, visitor(browser, locale) as page:
        await host(page, site, attributes, before)
        launcher = page.get_by_role("button", name=OPEN[language.split("-")[0]], exact=True)
        await launcher.click()
        await expect(page.locator("baton-chat")).to_have_attribute("lang", language)
        await page.locator("baton-chat textarea").fill("hello")
        await page.locator("baton-chat textarea").press("Enter")
        await expect(page.locator("baton-chat .entry.bot")).to_have_count(1)


async def test_a_language_without_strings_gets_english_words_and_its_own_conversation(site: Site) -> None:
    async with chromium() as browser, visitor(browser, "sv-SE") as page:
        await host(page, site)
        await page.get_by_role("button", name="Open chat", exact=True).click()
        await expect(page.locator("baton-chat")).to_have_attribute("lang", "sv-SE")


async def test_each_text_is_read_the_way_of_its_own_language(site: Site) -> None:
    """The page is English; the bot's Arabic begins with a Latin name, from which nobody could tell."""
    site.bot.answer = polyglot
    async with chromium() as browser, visitor(browser, "en-US") as page:
        await page.goto(site.origin)
        await page.get_by_role("button", name="Open chat").click()
        field = page.get_by_label("Write a message…")
        for text in ("hello", "أين طلبي 10234؟"):
            heard = await page.locator("baton-chat .entry.bot").count()
            await field.fill(text)
            await field.press("Enter")
            await expect(page.locator("baton-chat .entry.bot")).to_have_count(heard + 1)
        bots = page.locator("baton-chat .entry.bot .text")
        for place, (tag, direction) in enumerate([("en", "ltr"), ("ar", "rtl")]):
            await expect(bots.nth(place)).to_have_attribute("lang", tag)
            await expect(bots.nth(place)).to_have_css("direction", direction)
        reply = page.locator("baton-chat .replies button")
        await expect(reply).to_have_css("direction", "rtl")
        await expect(page.locator("baton-chat .entry.contact .text").last).to_have_css("direction", "rtl")


async def test_the_empty_field_is_in_the_widgets_direction_and_a_filled_one_in_its_texts(site: Site) -> None:
    async with chromium() as browser, visitor(browser, "ar") as page:
        await page.goto(site.origin)
        await page.get_by_role("button", name=OPEN["ar"]).click()
        field = page.locator("baton-chat textarea")
        await expect(field).to_have_css("direction", "rtl")
        await field.fill("order 10234")
        await expect(field).to_have_css("direction", "ltr")
        await field.press("Enter")
        await expect(field).to_have_css("direction", "rtl")


async def test_an_agent_without_a_name_is_a_colleague(site: Site) -> None:
    async with chromium() as browser, visitor(browser, "da") as page:
        await page.goto(site.origin)
        await page.get_by_role("button", name=OPEN["da"]).click()
        await page.locator("baton-chat textarea").fill("person")
        await page.locator("baton-chat textarea").press("Enter")
        await expect(page.locator("baton-chat .entry.system")).to_have_count(1)
        before = await site.store.conversations.get(await conversation_of(page, site))
        claimed = before.claim(ADA.id, "", site.clock())
        said = Entry(Kind.MESSAGE, Author.AGENT, site.clock(), text="Hej")
        await site.store.conversations.commit(before, claimed.conversation, (*claimed.entries, said), site.clock())
        await expect(page.locator("baton-chat .entry.agent .who")).to_have_text("en kollega")
        await expect(page.locator("baton-chat .header p")).to_have_text("Du skriver med en kollega")


async def test_a_text_that_is_too_long_is_not_cut_but_told_of(site: Site) -> None:
    async with chromium() as browser, visitor(browser, "da") as page:
        await page.goto(site.origin)
        await page.get_by_role("button", name=OPEN["da"]).click()
        field = page.locator("baton-chat textarea")
        await field.fill("å" * 4001)
        await field.press("Enter")
        assert await field.evaluate("field => field.validationMessage") == "En besked kan højst være på 4.000 tegn."
        await expect(field).to_have_value("å" * 4001)
        await field.fill("å" * 4000)
        await field.press("Enter")
        await expect(page.locator("baton-chat .entry.bot")).to_have_count(1)
