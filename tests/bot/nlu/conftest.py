"""One small pipeline for all tests that only ask it something."""

from __future__ import annotations

import pytest

from tests.bot.nlu.pipeline import SHOP, Pipeline


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    return Pipeline(SHOP, tmp_path_factory.mktemp("shop"))
