"""A scene: one customer, one bot, two agents, and the services that bring them together."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Self

from handoff.bot import BotMessage, HandoffWanted, TurnRequest, TurnResult
from handoff.desk import Desk
from handoff.entry import Author, Button, Entry, Kind, Understood, Visibility
from handoff.gateway import Gateway
from handoff.model import Contact, Conversation, HandoffReason, Presence
from handoff.notices import Notices
from handoff.rules import Rules
from handoff.store.agents_port import Agent, AgentPresence
from handoff.store.port import Store
from handoff.worker import Worker
from tests.fakes import FakeClock, ScriptedBot, echo

NOTICES = Notices.load(Path(__file__).parents[2] / "data" / "notices")
ADA = Agent("a_ada", "ada", "Ada Holm", "-")
BO = Agent("a_bo", "bo", "Bo Berg", "-")
ID = "c_1"


def shop_bot(request: TurnRequest) -> TurnResult:
    """Hand over when asked for a person, miss what is gibberish, offer buttons to `menu`; echo all else."""
    if request.text == "person":
        wanted = HandoffWanted(HandoffReason.ASKED, "returns", {"order_number": "10234"})
        heard = Understood("person", 0.9, fallback=False)
        return TurnResult((BotMessage("I'll get someone."),), handoff=wanted, understood=heard)
    if request.text == "gibberish":
        return TurnResult((BotMessage("Sorry?"),), understood=Understood("nlu_fallback", 0.2, fallback=True))
    if request.text == "menu":
        return TurnResult((BotMessage("Which?", (Button("Shoes", '/pick{"what": "shoes"}'), Button("Hats", "/hats"))),))
    return echo(request)


@dataclass
class Scene:
    """What a test of the services needs at hand."""

    store: Store
    clock: FakeClock
    bot: ScriptedBot
    rules: Rules
    gateway: Gateway
    worker: Worker
    desk: Desk
    _ids: count[int] = field(default_factory=count)

    @classmethod
    async def set(cls, store: Store, rules: Rules | None = None) -> Self:
        """Open the customer's conversation and sign Ada and Bo in."""
        clock, bot, rules = FakeClock(), ScriptedBot(shop_bot), rules or Rules()
        scene = cls(
            store,
            clock,
            bot,
            rules,
            Gateway(store, rules, clock),
            Worker(store, bot, rules, clock, NOTICES, sleep=clock.sleep),
            Desk(store, rules, clock, NOTICES),
        )
        await scene.open(ID)
        for agent in (ADA, BO):
            await store.agents.add(agent)
            await scene.sign_in(agent)
        return scene

    async def open(self, conversation_id: str) -> Conversation:
        """Open another conversation."""
        return await self.gateway.open(Conversation(conversation_id, Contact("p_1"), "web", self.clock()))

    async def sign_in(self, agent: Agent, presence: Presence = Presence.ONLINE) -> None:
        """Put an agent at their desk now."""
        await self.store.agents.set_presence(agent.id, AgentPresence(presence, self.clock(), self.clock()))

    async def write(self, text: str, conversation_id: str = ID) -> int:
        """Have the customer write, without letting the worker work; returns the seq."""
        return (await self.gateway.accept(conversation_id, external_id=f"m{next(self._ids)}", text=text)).seq

    async def say(self, text: str, conversation_id: str = ID) -> list[Entry]:
        """Have the customer write and the worker deal with it; returns what came of it."""
        seq = await self.write(text, conversation_id)
        await self.worker.step(conversation_id)
        return [entry for entry in await self.log(conversation_id) if entry.seq > seq]

    async def press(self, title: str, conversation_id: str = ID) -> list[Entry]:
        """Have the customer press the latest button of that title; returns what came of it."""
        choice = next(
            f"{entry.seq}.{index}"
            for entry in reversed(await self.log(conversation_id))
            for index, button in enumerate(entry.buttons)
            if button.title == title
        )
        accepted = await self.gateway.accept(conversation_id, external_id=f"m{next(self._ids)}", choice=choice)
        await self.worker.step(conversation_id)
        return [entry for entry in await self.log(conversation_id) if entry.seq > accepted.seq]

    async def hand_over(self, agent: Agent | None = None) -> None:
        """Have the customer ask for a person, and an agent claim the conversation if one is given."""
        await self.say("person")
        if agent is not None:
            await self.desk.claim(ID, agent)

    async def now(self, conversation_id: str = ID) -> Conversation:
        """Return the conversation as it is kept."""
        return await self.store.conversations.get(conversation_id)

    async def log(self, conversation_id: str = ID) -> list[Entry]:
        """Return the whole log."""
        return list((await self.gateway.page(conversation_id)).entries)


def said(entries: list[Entry], author: Author) -> list[str]:
    """Return the texts that the customer sees of one author's messages."""
    return [
        entry.text
        for entry in entries
        if entry.kind is Kind.MESSAGE and entry.author is author and entry.visibility is Visibility.PUBLIC
    ]
