"""The history checker: compares what was answered with 2xx with what the log holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def broken_promises(acknowledged: Sequence[str], tried: Sequence[str], logged: Sequence[str]) -> list[str]:
    """Say what is wrong with a log; nothing when every promise is kept.

    Args:
        acknowledged: ids of the messages that were answered with 2xx, in the order of sending.
        tried: ids of all messages that were sent, whether answered or not.
        logged: ids of the customer's messages in the log, in its order.
    """
    count = Counter(logged)
    wrong = [f"{one} was acknowledged and is lost" for one in acknowledged if count[one] == 0]
    wrong += [f"{one} is kept {times} times" for one, times in count.items() if times > 1]
    wrong += [f"{one} was never sent" for one in count if one not in tried]
    order = [one for one in logged if one in set(acknowledged)]
    if order != [one for one in acknowledged if one in count]:
        wrong.append(f"the order is {order}, not {list(acknowledged)}")
    return wrong
