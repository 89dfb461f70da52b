"""What somebody has proven in one of their conversations need not be proven in another; and nobody else gains by it."""

from __future__ import annotations

from collections import Counter

from handoff.attachment import Attachment, AttachmentKind
from handoff.bot import BotMessage, TurnRequest, TurnResult
from handoff.contacts import Contacts
from handoff.elsewhere import PROVEN_FOR_MS
from handoff.ending import end
from handoff.entry import Owner
from handoff.model import Status
from handoff.store.memory import MemoryStore
from tests.handoff.persons import by_order, linked, one_person, signed
from tests.handoff.scene import ADA, Scene
from tests.handoff.test_linking_rules import Counted

ORDERS = {"10234": "7"}


class ProvingBot:
    """A bot that takes an order as proven from `prove` to `start over`, in the conversation in which that was said."""

    def __init__(self) -> None:
        self.proven: dict[str, dict[str, str]] = {}

    def __call__(self, request: TurnRequest) -> TurnResult:
        if request.text == "prove":
            self.proven[request.conversation_id] = ORDERS
        if request.text == "start over":
            self.proven.pop(request.conversation_id)
        return TurnResult((BotMessage("Yes."),), proven=self.proven.get(request.conversation_id, {}))


async def told(scene: Scene, conversation_id: str) -> dict[str, str]:
    """Return what the bot hears is proven when the customer writes in a conversation."""
    await scene.say("where is it", conversation_id)
    return dict(scene.bot.runs[-1].proven)


async def proven_on_the_page(scene: Scene) -> tuple[str, str]:
    """One customer on a page and a phone, who has proven an order on the page."""
    page, phone = await one_person(scene)
    scene.bot.answer = ProvingBot()
    await scene.say("prove", page)
    return page, phone


async def test_what_is_proven_in_one_conversation_is_told_in_the_customers_others_alone(scene: Scene) -> None:
    """Seen red with nothing of it kept in the conversation."""
    page, phone = await proven_on_the_page(scene)
    assert await told(scene, phone) == ORDERS
    assert await told(scene, phone) == ORDERS
    assert await told(scene, page) == {}  # there the bot knows
    assert (await scene.now(phone)).proven is None
    stranger = await signed(scene, "c_stranger", "8")
    assert await told(scene, stranger.id) == {}


async def test_what_the_bot_forgets_is_told_no_more(scene: Scene) -> None:
    """Seen red with `affected` adding to what was proven before."""
    page, phone = await proven_on_the_page(scene)
    await scene.say("start over", page)
    assert await told(scene, phone) == {}


async def test_what_is_proven_is_told_no_more_from_the_next_turn_on_once_the_two_are_parted(scene: Scene) -> None:
    page, phone = await proven_on_the_page(scene)
    assert await told(scene, phone) == ORDERS
    contacts = Contacts(scene.store, scene.clock)
    (merge,) = (await contacts.person("p_c_signed")).root.merges
    await contacts.part("p_c_signed", merge.id, ADA)
    assert await linked(scene, page) == set()
    assert await told(scene, phone) == {}


async def test_who_only_knows_an_order_gets_nothing_of_what_is_proven_and_gives_nothing(scene: Scene) -> None:
    """Seen red with every conversation of the person counted, in either direction."""
    page, phone = await proven_on_the_page(scene)
    guest = (await by_order(scene)).id
    assert await linked(scene, guest) == {page, phone}
    assert await told(scene, guest) == {}
    await scene.say("start over", page)
    await scene.say("prove", guest)
    assert await told(scene, page) == {}
    assert await told(scene, phone) == {}


async def test_the_order_of_another_customer_is_told_to_nobody_who_surely_is_a_customer(scene: Scene) -> None:
    """Seen red without the look at whose it is: two who share a phone number heard of each other's orders."""
    page, phone = await one_person(scene)
    of_another = {**ORDERS, "10999": "8"}
    scene.bot.answer = lambda _: TurnResult((BotMessage("Yes."),), proven=of_another)
    await scene.say("prove", phone)
    scene.bot.answer = ProvingBot()
    assert await told(scene, page) == ORDERS


async def test_what_is_proven_is_told_for_a_day_after_the_bots_last_turn_there(scene: Scene) -> None:
    """Seen red without the limit."""
    page, phone = await proven_on_the_page(scene)
    scene.clock.advance(PROVEN_FOR_MS / 1000 - 1)
    await scene.say("hello", page)
    scene.clock.advance(PROVEN_FOR_MS / 1000 - 1)
    assert await told(scene, phone) == ORDERS
    scene.clock.advance(1)
    assert await told(scene, phone) == {}


async def test_what_was_proven_in_a_chat_that_its_customer_has_ended_is_told_no_more(scene: Scene) -> None:
    """Seen red without the look at `ended_at`."""
    page, phone = await one_person(scene)
    scene.bot.answer = ProvingBot()
    await scene.say("prove", phone)
    assert await told(scene, page) == ORDERS
    kept = await scene.now(phone)
    await scene.store.conversations.commit(kept, end(kept, scene.clock()).conversation, (), scene.clock())
    assert await told(scene, page) == {}


async def test_what_was_proven_before_an_agent_closed_the_conversation_is_told_no_more(scene: Scene) -> None:
    """Seen red without the look at who closed it."""
    page, phone = await one_person(scene)
    shop_bot, proving = scene.bot.answer, ProvingBot()
    scene.bot.answer = proving
    await scene.say("prove", page)
    scene.bot.answer = lambda request: (
        TurnResult(resolve=True, proven=ORDERS) if request.text == "bye" else shop_bot(request)
    )
    await scene.say("bye", page)
    assert await told(scene, phone) == ORDERS  # the bot goes on with what it knows
    kept = await scene.now(page)
    closed = kept.revised(resolved_by=Owner.AGENT)
    await scene.store.conversations.commit(kept, closed, (), scene.clock())
    assert await told(scene, phone) == {}


async def test_what_was_proven_before_an_agent_closed_the_conversation_stays_forgotten_when_its_customer_comes_back(
    scene: Scene,
) -> None:
    """Seen red with a reopened conversation keeping it: a picture reopens it, and the bot has nothing to say."""
    page, phone = await proven_on_the_page(scene)
    kept = await scene.now(page)
    closed = kept.revised(status=Status.RESOLVED, resolved_by=Owner.AGENT)
    await scene.store.conversations.commit(kept, closed, (), scene.clock())
    picture = Attachment(AttachmentKind.IMAGE, id="a" * 64, name="lamp.jpg", type="image/jpeg")
    await scene.gateway.accept(page, external_id="sent", text=None, attachments=(picture,))
    await scene.worker.step(page)
    assert await told(scene, phone) == {}


async def calls(*, alone: bool, proves: bool) -> Counter[str]:
    """Return what one message asks the store for, of a customer with one conversation or with two."""
    scene = await Scene.set(Counted(MemoryStore()))  # type: ignore[arg-type]
    scene.bot.answer = ProvingBot()
    page, phone = ((await signed(scene)).id, None) if alone else await one_person(scene)
    for each in (page, phone or page):
        await scene.say("prove" if proves and each == page else "hello", each)
        await scene.say("hello", each)
    scene.store.calls.clear()  # type: ignore[attr-defined]
    await scene.say("hello", page)
    return scene.store.calls  # type: ignore[attr-defined,no-any-return]


async def test_a_message_costs_no_more_where_nothing_is_proven_elsewhere() -> None:
    """Seen red with the person read whether or not another conversation has anything proven."""
    alone, beside = await calls(alone=True, proves=False), await calls(alone=False, proves=False)
    assert await calls(alone=True, proves=True) == alone
    assert await calls(alone=False, proves=True) == beside
    assert (alone["profile"], alone["kept"], alone["several"]) == (1, 0, 0)
    assert (beside["profile"], beside["kept"], beside["several"]) == (1, 0, 1)
