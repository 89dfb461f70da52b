"""Where everything is kept in Redis.

Conversations. A key carries its partition's hash tag, `{p00}` to `{p15}`, which is crc32(conversation id) % 16; so a
script touches one partition only and runs on Redis Cluster as it is. The number of partitions is part of this schema:
with another one, conversations would not be found again.

    key                                   type    holds
    baton:{p07}:conversation:<id>         hash    state    the conversation as JSON, without the two fields below
                                                  version  what a commit compares
                                                  cursor   seq up to which the worker has dealt with the log
                                                  inbound  seq of the last entry that is work for the worker
                                                  attended 1 while an agent reads what is typed (`lists.attended`)
    baton:{p07}:log:<id>                  list    entries as JSON; an entry's seq is its place, counted from 1
    baton:{p07}:seen:<id>                 hash    idempotency key -> "<seq>:<digest of the body>"
    baton:{p07}:ready                     zset    conversation id, by the ms from which its work may be taken;
                                                  a lease is a time to come
    baton:{p07}:queue                     zset    conversation id, by its place in the queue (`lists.queue_score`)
    baton:{p07}:assigned                  hash    conversation id -> id of the agent who has it

Agents share the tag `{agents}`:

    baton:{agents}:agents                 hash    agent id -> JSON
    baton:{agents}:logins                 hash    login without case -> agent id
    baton:{agents}:presence               hash    agent id -> JSON
    baton:{agents}:session:<digest>       string  a desk session as JSON; expires
    baton:{agents}:sessions-of:<agent>    set     digests of the agent's sessions; expires after the last of them
    baton:{agents}:attempts:<key>         string  a count; expires with its window

Callbacks share the tag `{callbacks}`, because the places of a slot are taken by many conversations:

    baton:{callbacks}:callback:<id>       hash    state (JSON), version
    baton:{callbacks}:slot:<slot>         zset    ids of callbacks with a place in the slot, by the ms until which they
                                                  keep it (+inf: for good)
    baton:{callbacks}:by-time             zset    ids of booked and done callbacks, by start in ms
    baton:{callbacks}:of:<conversation>   zset    ids of the conversation's callbacks, by start in ms
    baton:{callbacks}:once:<key>          string  digest of the body an Idempotency-Key came with; expires

The channel `baton:live` carries wake-ups,
"<last seq> <1 if the desk's lists changed> <1 if the worker has work> <signal or -> <conversation id>".
It carries no truth: whoever hears it reads the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

PARTITIONS = tuple(f"baton:{{p{number:02}}}" for number in range(16))
LIVE = "baton:live"

AGENTS = "baton:{agents}:agents"
LOGINS = "baton:{agents}:logins"
PRESENCE = "baton:{agents}:presence"
SESSION = "baton:{agents}:session:"
SESSIONS_OF = "baton:{agents}:sessions-of:"
ATTEMPTS = "baton:{agents}:attempts:"

CALLBACK = "baton:{callbacks}:callback:"
SLOT = "baton:{callbacks}:slot:"
BY_TIME = "baton:{callbacks}:by-time"
CALLBACKS_OF = "baton:{callbacks}:of:"
ONCE = "baton:{callbacks}:once:"


@dataclass(frozen=True, slots=True)
class ConversationKeys:
    """The keys of one conversation and of its partition's lists."""

    record: str
    log: str
    seen: str
    ready: str
    queue: str
    assigned: str


def conversation_keys(conversation_id: str) -> ConversationKeys:
    """Return the keys of a conversation."""
    partition = PARTITIONS[crc32(conversation_id.encode("utf-8", "surrogatepass")) % len(PARTITIONS)]
    return ConversationKeys(
        record=f"{partition}:conversation:{conversation_id}",
        log=f"{partition}:log:{conversation_id}",
        seen=f"{partition}:seen:{conversation_id}",
        ready=ready_key(partition),
        queue=queue_key(partition),
        assigned=assigned_key(partition),
    )


def ready_key(partition: str) -> str:
    """Return the key of a partition's ready conversations."""
    return f"{partition}:ready"


def queue_key(partition: str) -> str:
    """Return the key of a partition's waiting conversations."""
    return f"{partition}:queue"


def assigned_key(partition: str) -> str:
    """Return the key of a partition's conversations that agents have."""
    return f"{partition}:assigned"
