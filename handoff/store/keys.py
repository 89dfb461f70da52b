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
                                                  ended    1 once its customer has ended the chat
                                                  pushed   1 where Baton sends (`handoff.delivery.is_pushed`)
    baton:{p07}:log:<id>                  list    entries as JSON; an entry's seq is its place, counted from 1
    baton:{p07}:seen:<id>                 hash    idempotency key -> "<seq>:<digest of the body>"
    baton:{p07}:ready                     zset    conversation id, by the ms from which its work may be taken;
                                                  a lease is a time to come
    baton:{p07}:queue                     zset    conversation id, by its place in the queue (`lists.queue_score`)
    baton:{p07}:assigned                  hash    conversation id -> id of the agent who has it

Sending. Only conversations of pushed channels have these, under the tag of their partition; `<seq>` is the place of an
entry in the log and `<part>` counts from 0 the messages in which it goes out:

    baton:{p07}:sending:<id>              hash    cursor   seq up to which the sender has dealt with the log
                                                  lease    the number of the latest lease, raised when one ends
                                                  held     1 from the take to the end of a lease that was put off
                                                  stepped  ms of the lease's latest step
                                                  heard    parts of the next entry that the lease's holder knows of
                                                  tries    how often the next entry was put off
                                                  doubt    since when (ms) its next part waits for a sign, or 0
    baton:{p07}:outgoing:<id>             list    seqs of the entries that are still to be sent
    baton:{p07}:parts:<id>                list    the platform's ids of the next entry's parts, as far as they went out
    baton:{p07}:ids:<id>                  hash    the platform's id -> "<seq>.<part>" of what was sent,
                                                  "<seq>" of what the contact sent
    baton:{p07}:delivered:<id>            hash    <seq> -> "<rank told in the log, or 0>:<one digit a part: its rank>"
                                                  <seq>.<part> -> a report that waits for the entry to be settled:
                                                  '["<start of an entry>","<facts>"]'
                                                  <seq>.dead -> seq of the DELIVERY entry that says why it failed
    baton:{p07}:early:<id>                list    reports about ids not known yet, latest first, 50 at most:
                                                  '["<id>","<rank>","<start of an entry>","<facts>"]'
    baton:{p07}:fetching:<id>             hash    <seq>.lease, <seq>.tries of a message with files to fetch
    baton:{p07}:outbox                    zset    conversation id, by the ms from which it may be sent; a lease is a
                                                  time to come
    baton:{p07}:fetches                   zset    "<seq> <conversation id>", by the ms from which its files may be
                                                  fetched; a lease is a time to come
    baton:{p07}:dead                      zset    "<seq> <conversation id>" of a dead letter, by the ms when it died

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

Contacts share the tag `{contacts}`, because what belongs to one person is spread over channels:

    baton:{contacts}:identity:<conversation> hash  channel, contact (its id), ids (a JSON list, the most lasting first)
    baton:{contacts}:known:<channel>      hash    the platform's id of a contact -> conversation id
    baton:{contacts}:profile:<contact>    hash    state (JSON), version, into (the profile it was merged into, or "")
    baton:{contacts}:proofs               hash    proof -> id of the contact that it leads to
    baton:{contacts}:sent:<key>           string  digest of the body an Idempotency-Key came with; expires
    baton:{contacts}:later                zset    names of what is to be said later, by the ms from which it is due; a
                                                  lease is a time to come
    baton:{contacts}:later-bodies         hash    name -> what is to be said
    baton:{contacts}:answer:<key>         string  what was answered under an Idempotency-Key; expires

The channel `baton:live` carries wake-ups,
"<last seq> <1 if the desk's lists changed> <who has something to do> <signal or -> <conversation id>",
where the third number is the sum of 1 for the worker, 2 for the sender and 4 for who fetches files.
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

IDENTITY = "baton:{contacts}:identity:"
KNOWN = "baton:{contacts}:known:"
PROFILE = "baton:{contacts}:profile:"
PROOFS = "baton:{contacts}:proofs"
SENT = "baton:{contacts}:sent:"
LATER = "baton:{contacts}:later"
LATER_BODIES = "baton:{contacts}:later-bodies"
ANSWER = "baton:{contacts}:answer:"


@dataclass(frozen=True, slots=True)
class ConversationKeys:
    """The keys of one conversation and of its partition's lists."""

    record: str
    log: str
    seen: str
    ready: str
    queue: str
    assigned: str
    sending: str
    outgoing: str
    parts: str
    ids: str
    delivered: str
    early: str
    fetching: str
    outbox: str
    fetches: str
    dead: str


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
        sending=f"{partition}:sending:{conversation_id}",
        outgoing=f"{partition}:outgoing:{conversation_id}",
        parts=f"{partition}:parts:{conversation_id}",
        ids=f"{partition}:ids:{conversation_id}",
        delivered=f"{partition}:delivered:{conversation_id}",
        early=f"{partition}:early:{conversation_id}",
        fetching=f"{partition}:fetching:{conversation_id}",
        outbox=outbox_key(partition),
        fetches=fetches_key(partition),
        dead=dead_key(partition),
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


def outbox_key(partition: str) -> str:
    """Return the key of a partition's conversations with something to send."""
    return f"{partition}:outbox"


def fetches_key(partition: str) -> str:
    """Return the key of a partition's messages with files to fetch."""
    return f"{partition}:fetches"


def dead_key(partition: str) -> str:
    """Return the key of a partition's dead letters."""
    return f"{partition}:dead"
