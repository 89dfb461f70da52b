"""What each command of `baton` does; `baton.cli` reads the options and explains failures.

Each command imports what it needs when it runs, so that `--help` and the small ones answer at once.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

from baton.project import rasa_environment, rasa_python
from baton.settings import ROOT
from baton.settings_source import environment, load
from baton.terminal import Terminal
from handoff.store.agents_port import AgentStore

Answer = TypeVar("Answer")


def run(options: argparse.Namespace) -> int:
    """Start everything and keep it running."""
    from baton import running

    return running.run(load(os.environ), os.environ, Terminal(), demo=options.demo_channels)


def train(options: argparse.Namespace) -> int:
    """Train the bot if it is not fresh."""
    from baton import training

    chosen = load(os.environ)
    terminal = Terminal()
    model = training.train(os.environ, chosen.home / "log", terminal, anew=options.anew)
    terminal.say(f"The bot is trained: {model.relative_to(ROOT)}")
    return 0


def check(options: argparse.Namespace) -> int:
    """Check what operators and authors write."""
    from baton import checking

    return 0 if checking.check(os.environ, Terminal(), quick=options.quick) else 1


def chat(options: argparse.Namespace) -> int:
    """Talk to a running Baton."""
    from baton.chat import Chat, typed_lines

    address = options.url.rstrip("/") if options.url else load(os.environ).address
    typed = sys.stdin.isatty()
    if typed:
        print("Write to the shop; a number presses the button of that number; Ctrl-D ends.\n")
    asyncio.run(Chat(address, lambda line: print(line, flush=True), linger_s=0 if typed else 3).talk(typed_lines()))
    return 0


def settings(options: argparse.Namespace) -> int:
    """Print the table of settings."""
    from baton import settings_page

    print(settings_page.as_markdown() if options.markdown else settings_page.as_text(load(os.environ)), end="")
    return 0


def nlu_evaluate(options: argparse.Namespace) -> int:
    """Train and measure the pipeline on examples."""
    from baton import nlu

    given = {"--train": options.train, "--test": options.test, "--language": options.language, "--json": options.json}
    return nlu.evaluate([f"{name}={value}" for name, value in given.items() if value], os.environ)


def nlu_explain(options: argparse.Namespace) -> int:
    """Tell what the bot makes of a message."""
    from baton import nlu

    given = [f"--language={options.language}"] if options.language else []
    given += ["--json"] if options.json else []
    # After the dashes a message may begin with one.
    return nlu.explain([*given, "--", options.text], load(os.environ), os.environ, Terminal(sys.stderr))


def agent_add(options: argparse.Namespace) -> int:
    """Make an agent."""
    from baton import agents

    password, typed = _password(options)
    name = options.name or options.login
    _with_agents(lambda kept: agents.add(kept, options.login, name, password, limit=options.limit, team=options.team))
    print(f"{options.login} can sign in now.")
    _tell(password, typed)
    return 0


def agent_list(_: argparse.Namespace) -> int:
    """Show the agents."""
    found = _with_agents(lambda kept: kept.all())
    for one in found:
        print(f"{one.login:<20} {one.name:<24} {one.limit:>3} at once  {one.team or ''}".rstrip())
    if not found:
        print("There are no agents yet; `baton agent add LOGIN` makes one.")
    return 0


def agent_remove(options: argparse.Namespace) -> int:
    """Forget an agent."""
    from baton import agents

    _with_agents(lambda kept: agents.remove(kept, options.login))
    print(f"{options.login} is gone; what they wrote stays in the conversations.")
    return 0


def agent_password(options: argparse.Namespace) -> int:
    """Give an agent another password."""
    from baton import agents

    password, typed = _password(options)
    _with_agents(lambda kept: agents.change_password(kept, options.login, password))
    print(f"{options.login} has another password now.")
    _tell(password, typed)
    return 0


def channel_check(options: argparse.Namespace) -> int:
    """Look whether a platform knows us and sends to us."""
    from baton import channel_commands

    return channel_commands.check(options)


def channel_set_webhook(options: argparse.Namespace) -> int:
    """Tell a platform where to send webhooks."""
    from baton import channel_commands

    return channel_commands.set_webhook(options)


def notify(options: argparse.Namespace) -> int:
    """Tell a customer about their order."""
    from baton import notify as notifying
    from baton.settings_source import with_secrets

    chosen = with_secrets(load(os.environ))
    said = notifying.notice(
        to={"customer_id": options.customer, "phone": options.phone, "contact_id": options.contact},
        order=options.order,
        update=options.update,
        fields={"tracking": options.tracking, "date": options.date, "place": options.place},
        language=options.language,
    )
    print(notifying.notify(chosen.address, chosen.api_key, said, options.key))
    return 0


def letters_list(options: argparse.Namespace) -> int:
    """Show what could not be delivered."""
    from baton import channel_commands

    return channel_commands.letters_list(options)


def letters_replay(options: argparse.Namespace) -> int:
    """Send again what could not be delivered."""
    from baton import channel_commands

    return channel_commands.letters_replay(options)


def letters_drop(options: argparse.Namespace) -> int:
    """Forget that something could not be delivered."""
    from baton import channel_commands

    return channel_commands.letters_drop(options)


def shop(options: argparse.Namespace) -> int:
    """Hand a shop command to the Rasa half, whose room the shop is."""
    from baton.catalogue import TO_SHOP

    chosen = load(os.environ)
    chosen.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = environment(chosen, TO_SHOP)
    env = rasa_environment(os.environ) | told | {"PYTHONPATH": str(ROOT)}
    return subprocess.call((rasa_python(), "-m", "actions.shop", options.verb, *options.rest), env=env)


def _with_agents(ask: Callable[[AgentStore], Awaitable[Answer]]) -> Answer:
    from baton.store_access import reached_store

    async def asked() -> Answer:
        async with reached_store(load(os.environ)) as store:
            return await ask(store.agents)

    return asyncio.run(asked())


def _password(options: argparse.Namespace) -> tuple[str, bool]:
    if options.password_stdin:
        return sys.stdin.readline().rstrip("\n"), True
    from baton import agents

    return agents.new_password(), False


def _tell(password: str, typed: bool) -> None:
    if not typed:
        print(f"Password, shown only now: {password}")
