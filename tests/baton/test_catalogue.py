"""The file with the products' names: written from the real shop, kept up to date, and never in anybody's way."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from baton.catalogue import TO_SHOP, CatalogueWriter, with_catalogue
from baton.project import rasa_environment
from baton.settings import ROOT, Settings
from baton.settings_source import environment
from tests.baton.needs import needs_rasa_half
from tests.waiting import PATIENCE_S, eventually


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of a Baton with a home of its own."""
    chosen, ours = with_catalogue(Settings(home=tmp_path))
    assert ours
    return chosen


def make_shop(settings: Settings) -> None:
    """Make the demo shop."""
    env = rasa_environment(os.environ) | environment(settings, TO_SHOP)
    subprocess.run(
        (needs_rasa_half(), "-m", "actions.shop", "demo"), cwd=ROOT, env=env, check=True, capture_output=True
    )


def names(settings: Settings) -> list[str]:
    return list(json.loads(Path(settings.catalogue_file).read_text("utf-8")))


def test_a_file_of_the_operators_own_is_left_to_them(tmp_path: Path) -> None:
    own = Settings(home=tmp_path, catalogue_file="/somewhere/names.json")
    assert with_catalogue(own) == (own, False)


async def test_the_shops_products_are_written_by_name(settings: Settings) -> None:
    make_shop(settings)
    said: list[str] = []
    assert await CatalogueWriter(settings, os.environ, said.append).write()
    assert "Gale rain jacket" in " ".join(names(settings))
    assert said == []


async def test_the_file_is_written_as_soon_as_there_is_something_to_write(settings: Settings) -> None:
    needs_rasa_half()
    said: list[str] = []
    writer = CatalogueWriter(settings, os.environ, said.append, every_s=0.05)
    async with writer.kept_written():
        await eventually(lambda: len(said) == 1)
        assert not Path(settings.catalogue_file).exists()
        make_shop(settings)
        await eventually(Path(settings.catalogue_file).exists)
    assert len(said) == 1


async def test_a_shop_that_does_not_answer_holds_up_nobody_who_ends(settings: Settings) -> None:
    needs_rasa_half()
    async with asyncio.timeout(PATIENCE_S):
        away = replace(settings, shop="http", shop_url="http://127.0.0.1:9")
        async with CatalogueWriter(away, os.environ, lambda _: None).kept_written():
            pass
    assert not Path(settings.catalogue_file).exists()
