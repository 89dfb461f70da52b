"""What the tests of the heart share: a scene with a customer, a bot and agents."""

from __future__ import annotations

import pytest

from handoff.store.port import Store
from tests.handoff.scene import Scene


@pytest.fixture
async def scene(store: Store) -> Scene:
    """A customer with an open conversation, a bot, and two agents at their desks."""
    return await Scene.set(store)
