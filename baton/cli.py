"""The `baton` command: reads what was asked, does it, and says in one sentence what went wrong if it can't.

Exit codes: 0 done, 1 failed, 2 asked in a way that makes no sense, 130 ended by Ctrl-C.
"""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from baton import commands
from handoff.errors import BatonError

if TYPE_CHECKING:
    # argparse has no public name for what add_subparsers returns.
    Subcommands = argparse._SubParsersAction[argparse.ArgumentParser]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = parser().parse_args(arguments)
    do: Callable[[argparse.Namespace], int] = options.do
    try:
        return do(options)
    except BatonError as problem:
        return _failed(problem.message)
    except BrokenPipeError:
        return 1  # whoever read the output has gone
    except OSError as problem:
        return _failed(_about(problem))
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """Describe every command and its options."""
    top = argparse.ArgumentParser(
        prog="baton", description="A customer-service chatbot that knows when to pass the baton to a person."
    )
    several = top.add_subparsers(title="commands", metavar="COMMAND", required=True)

    run = _command(several, "run", commands.run, "start everything and keep it running until Ctrl-C")
    run.add_argument(
        "--demo-channels", action="store_true", help="play WhatsApp and Telegram, with a page to be their customer on"
    )

    train = _command(several, "train", commands.train, "train the bot if what authors edit has changed")
    train.add_argument("--anew", action="store_true", help="train even if nothing has changed")

    check = _command(several, "check", commands.check, "check settings, domain, training data and notices")
    check.add_argument("--quick", action="store_true", help="leave out Rasa's own validation, which takes some 20 s")

    chat = _command(several, "chat", commands.chat, "talk to a running Baton as a customer, here in the terminal")
    chat.add_argument("--url", help="where Baton is reached (by default as the settings say)")

    settings = _command(several, "settings", commands.settings, "print every setting and its value")
    settings.add_argument("--markdown", action="store_true", help="write docs/settings.md instead")

    _nlu_commands(several)
    _agent_commands(several)
    _channel_commands(several)
    _letters_commands(several)
    _notify_command(several)
    _shop_commands(several)
    return top


def _nlu_commands(several: Subcommands) -> None:
    nlu = several.add_parser("nlu", help="what the bot understands", description="What the bot understands.")
    verbs = nlu.add_subparsers(title="commands", metavar="COMMAND", required=True)

    evaluate = _command(verbs, "evaluate", commands.nlu_evaluate, "train and measure the pipeline on your own examples")
    examples = "CSV with the columns text and intent, or Rasa's YAML"
    evaluate.add_argument("--train", required=True, metavar="FILE", help=f"what to learn: {examples}")
    evaluate.add_argument("--test", required=True, metavar="FILE", help="what to ask; out_of_scope marks the rest")
    evaluate.add_argument(
        "--language", metavar="LANG", help="their language, such as da (by default that of config.yml)"
    )
    evaluate.add_argument("--json", metavar="OUT", help="write the figures to this file, too")

    explain = _command(verbs, "explain", commands.nlu_explain, "tell what the bot makes of a message, and why")
    explain.add_argument("text", help="the message")
    explain.add_argument("--language", metavar="LANG", help="the conversation's (by default that of config.yml)")
    explain.add_argument("--json", action="store_true", help="print it as JSON")


def _agent_commands(several: Subcommands) -> None:
    agent = several.add_parser("agent", help="the people who work at the desk", description="The people at the desk.")
    verbs = agent.add_subparsers(title="commands", metavar="COMMAND", required=True)

    add = _command(verbs, "add", commands.agent_add, "make an agent; prints a password unless one is typed")
    add.add_argument("login", help="what they sign in with: 1 to 64 letters (a to z), digits and . _ - @")
    add.add_argument("--name", help="what customers and colleagues see (by default the login)")
    add.add_argument("--team", help="the team whose queue they serve")
    add.add_argument("--limit", type=_at_least_one, default=4, help="conversations at once (by default 4)")
    _password_option(add)

    _command(verbs, "list", commands.agent_list, "show the agents")

    remove = _command(verbs, "remove", commands.agent_remove, "forget an agent")
    remove.add_argument("login")

    password = _command(verbs, "password", commands.agent_password, "give an agent another password")
    password.add_argument("login")
    _password_option(password)


def _channel_commands(several: Subcommands) -> None:
    channel = several.add_parser("channel", help="WhatsApp, Telegram and others", description="The channels.")
    verbs = channel.add_subparsers(title="commands", metavar="COMMAND", required=True)

    check = _command(verbs, "check", commands.channel_check, "look whether a platform knows us and sends to us")
    check.add_argument("name", help="the channel, such as whatsapp")

    webhook = _command(verbs, "set-webhook", commands.channel_set_webhook, "tell a platform where to send messages")
    webhook.add_argument("name", help="the channel, such as telegram")
    webhook.add_argument("--url", help="the address (by default as the setting public_url says)")


def _notify_command(several: Subcommands) -> None:
    notify = _command(several, "notify", commands.notify, "tell a customer about their order")
    notify.add_argument("update", choices=("shipped", "delayed", "ready"), help="what has become of it")
    notify.add_argument("order", help="the order's number")
    to = notify.add_mutually_exclusive_group(required=True)
    to.add_argument("--customer", metavar="ID", help="the customer's id in the shop")
    to.add_argument("--phone", help="their phone as they proved it, such as +4520123456")
    to.add_argument("--contact", metavar="ID", help="the contact's id in Baton")
    notify.add_argument("--tracking", metavar="ADDRESS", help="where the parcel can be followed")
    notify.add_argument("--date", help="the new day, as the customer shall read it")
    notify.add_argument("--place", help="where it is ready")
    notify.add_argument("--language", metavar="LANG", help="the language to write in (by default the conversation's)")
    notify.add_argument("--key", help="a key of yours; the same one twice tells the customer once")


def _letters_commands(several: Subcommands) -> None:
    letters = several.add_parser(
        "letters", help="messages that could not be delivered", description="Messages that could not be delivered."
    )
    verbs = letters.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _command(verbs, "list", commands.letters_list, "show them, latest first")
    for verb, do, text in (
        ("replay", commands.letters_replay, "send one again"),
        ("drop", commands.letters_drop, "strike one from the list; the conversation's log keeps it"),
    ):
        told = _command(verbs, verb, do, text)
        told.add_argument("conversation", help="the conversation's id, as the list shows it")
        told.add_argument("seq", type=_at_least_one, help="the number behind it")


def _shop_commands(several: Subcommands) -> None:
    shop = several.add_parser("shop", help="the built-in shop's records", description="The built-in shop's records.")
    verbs = shop.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for verb, text in (
        ("import", "bring in customers, products, orders and returns from a file"),
        ("export", "write them to a file or the terminal"),
        ("demo", "fill the shop with the demo catalogue"),
        ("catalogue", "write the products' names to a file, as the bot reads them"),
    ):
        # The Rasa half knows its own options, and explains them.
        told = verbs.add_parser(verb, help=text, add_help=False, prefix_chars="\0")
        told.add_argument("rest", nargs=argparse.REMAINDER)
        told.set_defaults(do=commands.shop, verb=verb)


def _command(
    several: Subcommands, name: str, do: Callable[[argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    made = several.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    made.set_defaults(do=do)
    return made


def _password_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input instead of making one"
    )


def _at_least_one(written: str) -> int:
    # Of a ValueError argparse would tell this function's name.
    if not written.isdecimal() or (number := int(written)) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, not {written!r}")
    return number


def _about(problem: OSError) -> str:
    where = f" ({problem.filename})" if problem.filename else ""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"There is no space left on the disk{where}; make some and try again."
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"Baton may not write or read there{where}; check who owns it, or choose another folder with BATON_HOME."
    return f"{problem.strerror or type(problem).__name__}{where}."


def _failed(sentence: str) -> int:
    print(f"baton: {sentence}", file=sys.stderr)
    return 1
