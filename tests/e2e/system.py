"""A whole running Baton, as `baton run` starts it, and the people who use it over HTTP."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from baton.settings import ROOT

START_S = 180.0
"""Seconds for a start, training included, on a machine that is busy with other tests."""

ANSWER_S = 30.0


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@dataclass
class System:
    """A `baton run` of the test's own: its address, what it printed, and the demo agent's password."""

    home: Path
    port: int
    environ: Mapping[str, str]
    process: subprocess.Popen[str]
    printed: list[str] = field(default_factory=list)
    session: dict[str, str] = field(default_factory=dict)
    """The cookies of the demo agent, once they have signed in outside of a browser."""

    @classmethod
    @contextmanager
    def running(cls, home: Path, *options: str, **settings: str) -> Iterator[System]:
        """Start everything on free ports, always open for business; end it like Ctrl-C does.

        Args:
            options: of `baton run`.
            settings: environment variables.
        """
        port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("BATON_", "REDIS_URL"))}
        told = {"BATON_HOME": str(home), "BATON_PORT": str(port), "BATON_CONFIG": os.devnull}
        always_open = {"BATON_BUSINESS_HOURS": "Mon-Sun 00:00-24:00", "BATON_HOLIDAY_COUNTRY": ""}
        environ = {**kept, **always_open, **told, **settings}
        process = subprocess.Popen(
            (sys.executable, "-m", "baton", "run", *options),
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        system = cls(home, port, environ, process)
        reader = threading.Thread(target=system._read, daemon=True)
        reader.start()
        try:
            system.wait_for("Ctrl-C ends everything", START_S)
            yield system
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            finally:
                process.kill()
                reader.join(5)

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        """Everything printed so far."""
        return "".join(self.printed)

    @property
    def password(self) -> str:
        """The demo agent's password, printed at the first start."""
        found = re.search(r"sign in as demo with (\S+)", self.output)
        assert found, self.output
        return found[1]

    @property
    def phones(self) -> str:
        """Where the page with the played phones is."""
        found = re.search(r"Played phones +(\S+)/", self.output)
        assert found, self.output
        return found[1]

    def wait_for(self, words: str, seconds: float = ANSWER_S) -> None:
        """Wait until these words were printed."""
        self.until(lambda: words in self.output, seconds)

    def until(self, true: Callable[[], bool], seconds: float = ANSWER_S) -> None:
        """Wait until something is so, as long as Baton runs."""
        deadline = time.monotonic() + seconds
        while not true():
            assert self.process.poll() is None, f"Baton ended:\n{self.output}"
            assert time.monotonic() < deadline, f"not in time:\n{self.output}"
            time.sleep(0.05)

    def children(self) -> dict[str, int]:
        """Return the process ids of what it started, by a word of their command lines."""
        found = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
                line = (stat.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == self.process.pid:
                for word in ("redis-server", "bot.run_actions", "bot.run ", "gateway_process", "demo_channels_process"):
                    if word in line:
                        found[word.strip()] = int(stat.parent.name)
        return found

    def baton(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another `baton` command beside it."""
        return subprocess.run(
            (sys.executable, "-m", "baton", *words),
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def shop_order(self, status: str) -> tuple[str, str]:
        """Return the number of a demo order in that state, and the e-mail address of its customer."""
        shop = json.loads(self.baton("shop", "export").stdout)
        order = next(order for order in shop["orders"] if order["status"] == status)
        customer = next(one for one in shop["customers"] if one["customer_id"] == order["customer_id"])
        return order["order_number"], customer["email"]

    @contextmanager
    def customer(self) -> Iterator[CustomerPage]:
        """Open a chat."""
        with httpx.Client(base_url=self.address, timeout=ANSWER_S + 5, trust_env=False) as http:
            answer = http.post("/api/chat/sessions", json={"language": "en"})
            assert answer.status_code == 201, answer.text
            http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
            yield CustomerPage(http, answer.json()["conversation_id"])

    @contextmanager
    def phone(self, platform: str, person: str) -> Iterator[PhoneInHand]:
        """Take a phone of the played platforms in hand."""
        with httpx.Client(base_url=self.phones, headers={"Origin": self.phones}, trust_env=False) as http:
            yield PhoneInHand(http, platform, person)

    def mishap(self, platform: str, name: str) -> None:
        """Plan what goes wrong with the platform's next send."""
        at = self.phones
        answer = httpx.post(f"{at}/api/{platform}/mishap", json={"name": name}, headers={"Origin": at}, trust_env=False)
        assert answer.status_code == 204, answer.text

    @contextmanager
    def agent(self) -> Iterator[AgentPage]:
        """Sign the demo agent in and put them online; offline again at the end."""
        with httpx.Client(base_url=self.address, headers={"Origin": self.address}, trust_env=False) as http:
            if not self.session:  # once: signing in is for people, who do it a few times a day
                answer = http.post("/api/desk/login", json={"login": "demo", "password": self.password})
                assert answer.status_code == 200, answer.text
                self.session.update(http.cookies)
            http.cookies.update(self.session)
            http.headers["X-CSRF-Token"] = http.get("/api/desk/me").json()["csrf"]
            page = AgentPage(http)
            page.call("PUT", "/presence", presence="online")
            yield page
            page.call("PUT", "/presence", presence="offline")

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.printed.append(line)


Entry = Mapping[str, Any]


@dataclass
class CustomerPage:
    """A customer's page: what it sends and sees."""

    http: httpx.Client
    conversation_id: str
    seen: list[Entry] = field(default_factory=list)
    _last: int = 0
    _ids: count[int] = field(default_factory=count)

    def write(self, text: str) -> None:
        """Send a message."""
        self._post(text=text)

    def press(self, title: str) -> None:
        """Press the newest button of that title."""
        for entry in reversed(self.seen):
            for button in entry.get("buttons") or ():
                if button["title"] == title:
                    self._post(choice=button["id"])
                    return
        raise AssertionError(f"no button {title!r} in {self.seen}")

    def until(self, wanted: Callable[[Entry], bool]) -> Entry:
        """Read on until something new is the wanted entry, and return it."""
        deadline = time.monotonic() + ANSWER_S
        while time.monotonic() < deadline:
            for entry in self.more(wait=5):
                if wanted(entry):
                    return entry
        raise AssertionError(f"it did not come; seen: {json.dumps(self.seen, indent=1)}")

    def newest(self, wanted: Callable[[Entry], bool]) -> Entry:
        """Return the newest wanted entry that was seen already, or the first that comes."""
        return next((entry for entry in reversed(self.seen) if wanted(entry)), None) or self.until(wanted)

    def hears(self, author: str, words: str = "") -> str:
        """Read on until that author says something with these words in it; returns all of it."""
        entry = self.until(lambda entry: entry["author"] == author and words.lower() in entry["text"].lower())
        return str(entry["text"])

    def more(self, wait: int = 0) -> list[Entry]:
        """Read what is new; what a poll brings past the wanted entry is not read again, but stays in `seen`."""
        answer = self.http.get("/api/chat/events", params={"after": self._last, "wait": wait})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        self._last = max(self._last, page["last_seq"])
        new = [entry for entry in page["entries"] if entry["kind"] != "typing"]
        self.seen += new
        return new

    def _post(self, **body: str) -> None:
        answer = self.http.post("/api/chat/messages", json={"client_msg_id": f"m{next(self._ids)}", **body})
        assert answer.status_code == 202, answer.text


@dataclass
class PhoneInHand:
    """Somebody's phone with a played app."""

    http: httpx.Client
    platform: str
    person: str
    _heard: int = 0

    def do(self, action: str, **given: Any) -> None:
        """Write, press, send, … as the page does."""
        answer = self.http.post(f"/api/{self.platform}/{self.person}/{action}", json=given)
        assert answer.status_code == 204, answer.text

    def messages(self) -> list[Entry]:
        """Return everything that the phone shows."""
        answer = self.http.get("/api/state", params={self.platform: self.person})
        shown: list[Entry] = answer.json()["platforms"][self.platform]["messages"]
        return shown

    def hears(self, words: str) -> Entry:
        """Wait until the shop says something new with these words; returns the message."""
        deadline = time.monotonic() + ANSWER_S
        while time.monotonic() < deadline:
            said = [message for message in self.messages() if not message["mine"]]
            for place, message in enumerate(said[self._heard :], self._heard + 1):
                if words.lower() in message["text"].lower():
                    self._heard = place
                    return message
            time.sleep(0.1)
        raise AssertionError(f"{words!r} did not come; the phone shows {json.dumps(self.messages(), indent=1)}")

    def press(self, message: Entry, title: str) -> None:
        """Press a button of a message."""
        self.do("press", choice=next(choice["id"] for choice in message["choices"] if choice["title"] == title))


@dataclass
class AgentPage:
    """An agent's desk."""

    http: httpx.Client
    _ids: count[int] = field(default_factory=count)

    def call(self, method: str, path: str, **body: Any) -> Any:
        """Call a route of the desk."""
        answer = self.http.request(method, f"/api/desk{path}", json=body if body or method != "GET" else None)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def of(self, conversation_id: str) -> Any:
        """Return a conversation with its summary, details and log."""
        return self.call("GET", f"/conversations/{conversation_id}")

    def do(self, conversation_id: str, verb: str, **body: Any) -> Any:
        """Take a step in a conversation."""
        return self.call("POST", f"/conversations/{conversation_id}/{verb}", **body)

    def reply(self, conversation_id: str, text: str) -> None:
        """Answer the customer."""
        self.do(conversation_id, "replies", client_msg_id=f"r{next(self._ids)}", text=text)
