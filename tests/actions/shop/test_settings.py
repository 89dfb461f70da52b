from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

import pytest

from actions.shop import ShopMisconfigured, open_shop, schema
from actions.shop.http import HttpShop
from actions.shop.settings import SETTINGS
from actions.shop.sqlite import SqliteShop
from tests.actions.shop.playing import sample_file
from tests.actions.shop.sample import ADA, PLACED


def test_the_first_start_makes_the_demo_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async def start() -> None:
        shop = open_shop({"BATON_HOME": str(tmp_path / "home")})
        assert (await shop.policies()).shop_name == "Fern & Harbour"
        await shop.close()

    asyncio.run(start())
    assert "made the demo shop" in caplog.text


def test_a_shop_that_is_there_is_opened_as_it_is(tmp_path: Path) -> None:
    sample_file(tmp_path)

    async def start() -> None:
        shop = open_shop({"BATON_HOME": str(tmp_path), "BATON_DEFAULT_REGION": "GB"})
        assert isinstance(shop, SqliteShop)
        assert await shop.authenticate(PLACED, phone="020 7946 0123") == ADA
        await shop.close()

    asyncio.run(start())


def test_an_http_shop_is_opened_with_its_mapping(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"policies": {"shop_name": "Mapped"}}))
    env = {"BATON_SHOP": "http", "BATON_SHOP_URL": "https://shop.example/api", "BATON_SHOP_MAPPING": str(mapping)}

    async def start() -> None:
        shop = open_shop(env)
        assert isinstance(shop, HttpShop)
        assert (await shop.policies()).shop_name == "Mapped"
        await shop.close()

    asyncio.run(start())


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"BATON_SHOP": "redis"}, "BATON_SHOP is 'redis'; set it to 'sqlite' or 'http'."),
        ({"BATON_SHOP": "http"}, "BATON_SHOP_URL has to name"),
        ({"BATON_SHOP": "http", "BATON_SHOP_URL": "http://shop.example"}, "has to be an https address"),
        ({"BATON_SHOP": "http", "BATON_SHOP_URL": "shop.example"}, "has to be an https address"),
        ({"BATON_SHOP": "http", "BATON_SHOP_URL": "https:///api"}, "has to name a host"),
        ({"BATON_SHOP": "http", "BATON_SHOP_URL": "https://a/?x=1"}, "has to name a host and at most a path"),
        ({"BATON_SHOP": "http", "BATON_SHOP_URL": "https://a", "BATON_SHOP_TIMEOUT": "soon"}, "BATON_SHOP_TIMEOUT"),
        ({"BATON_SHOP": "http", "BATON_SHOP_URL": "https://a", "BATON_SHOP_TIMEOUT": "nan"}, "BATON_SHOP_TIMEOUT"),
        ({"BATON_SHOP": "http", "BATON_SHOP_URL": "https://a", "BATON_SHOP_MAPPING": "/none"}, "can't be read"),
        ({"BATON_DEFAULT_REGION": "Denmark"}, "BATON_DEFAULT_REGION is 'Denmark'"),
    ],
)
def test_a_wrong_setting_is_named(env: dict[str, str], sentence: str) -> None:
    with pytest.raises(ShopMisconfigured) as error:
        open_shop(env)
    assert sentence in str(error.value)


def test_every_setting_is_documented_with_its_default() -> None:
    page = schema.SCHEMA_FILE.with_name("shop.md").read_text("utf-8")
    for setting in SETTINGS:
        default = f"`{setting.default}` " if setting.default else ""
        assert f"| `{setting.name}` | {default}|" in page, setting.name
