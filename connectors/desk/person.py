"""What the desk shows of a person who writes on several channels. Pure."""

from __future__ import annotations

from typing import Any

from connectors.desk.reading import Timeline
from connectors.desk.view import desk_entries
from handoff.instants import to_rfc3339
from handoff.linking import Person


def timeline_entries(timeline: Timeline) -> list[dict[str, Any]]:
    """Return the entries of all conversations by time, each with the conversation and channel that it stands in."""
    shown = {
        (conversation.id, entry["seq"]): entry for conversation, log, _ in timeline.logs for entry in desk_entries(log)
    }
    return [
        {
            **shown[told.conversation.id, told.entry.seq],
            "conversation_id": told.conversation.id,
            "channel": told.conversation.channel,
        }
        for told in timeline.merged()
    ]


def person_view(person: Person, timeline: Timeline) -> dict[str, Any]:
    """Return the person's conversations, which of them the customer last used, and what joined them."""
    return {
        "last_used": timeline.last_used.id,
        "conversations": [
            {
                "conversation_id": conversation.id,
                "channel": conversation.channel,
                "owner": conversation.owner.value,
                "agent_name": conversation.agent_name,
                "last_seq": last_seq,
            }
            for conversation, _, last_seq in timeline.logs
        ],
        "merges": [
            {
                "merge_id": merge.id,
                "proof": person.shown_by(merge),
                "at": to_rfc3339(merge.at),
                "channels": sorted({each.channel for each in merge.identities}),
            }
            for merge in person.root.merges
        ],
    }
