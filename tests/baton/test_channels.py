"""Which channels the settings make, and where files are kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from baton.channels import channels_of, media_of, polled_of
from baton.failure import Failure
from baton.settings import Settings
from baton.settings_source import with_secrets
from connectors.trial.bot_api import TOKEN
from handoff.errors import InvalidInput


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return with_secrets(replace(Settings(), home=tmp_path, telegram_token=TOKEN))


async def _some() -> AsyncIterator[bytes]:
    yield b"a few words"


def test_no_channel_runs_unless_it_is_named(settings: Settings) -> None:
    assert channels_of(settings) == {}


async def test_named_channels_are_made_from_their_settings(settings: Settings) -> None:
    whatsapp = {"token": "t", "app_secret": "s", "phone_number_id": "1"}
    told = replace(
        settings, channels=("telegram", "whatsapp"), **{f"whatsapp_{name}": value for name, value in whatsapp.items()}
    )
    made = channels_of(told)
    assert list(made) == ["telegram", "whatsapp"]
    for channel in made.values():
        await channel.close()


async def test_ones_own_channel_is_one_line_in_the_settings(settings: Settings) -> None:
    environment = {"LETTERBOX_SECRET": "s" * 20, "LETTERBOX_TOKEN": "t", "LETTERBOX_URL": "http://127.0.0.1:9"}
    made = channels_of(replace(settings, channels=(f"{__name__}:letterbox",)), environment)
    assert list(made) == ["letterbox"]
    await made["letterbox"].close()


def letterbox(environment: dict[str, str]) -> object:
    """Make the example channel of docs/channels.md, as one's own module would."""
    from docs.examples.letterbox import Letterbox

    return Letterbox(*(environment[f"LETTERBOX_{name}"] for name in ("SECRET", "TOKEN", "URL")))


@pytest.mark.parametrize(
    ("named", "problem"),
    [
        (("signal",), "no channel signal; the setting channels takes whatsapp, telegram"),
        (("no.such.module:make",), "no.such.module:make can't be loaded"),
        ((f"{__name__}:missing",), "can't be loaded"),
        (("telegram", "telegram"), "names telegram twice"),
    ],
)
def test_a_channel_that_cannot_be_made_is_named(settings: Settings, named: tuple[str, ...], problem: str) -> None:
    with pytest.raises(Failure, match=problem):
        channels_of(replace(settings, channels=named))


def test_a_channel_without_its_token_says_which_setting_is_missing(settings: Settings) -> None:
    with pytest.raises(InvalidInput, match="BATON_TELEGRAM_TOKEN"):
        channels_of(replace(settings, channels=("telegram",), telegram_token=""))


def test_only_a_named_telegram_is_asked_for_messages(settings: Settings) -> None:
    polling = replace(settings, telegram_receive="polling")
    assert polled_of(polling) == frozenset()
    assert polled_of(replace(polling, channels=("telegram",))) == {"telegram"}
    assert polled_of(replace(settings, channels=("telegram",))) == frozenset()


async def test_files_are_kept_under_the_home_folder(settings: Settings) -> None:
    media = media_of(settings)
    kept = await media.put(_some(), name="words.txt")
    assert (settings.home / "media").is_dir()
    assert b"".join([chunk async for chunk in media.open(kept.id)]) == b"a few words"
    await media.close()


@pytest.mark.parametrize("change", [{"media_url": "s3://"}, {"scan_command": "'"}])
def test_a_place_of_files_that_makes_no_sense_is_refused(settings: Settings, change: dict[str, str]) -> None:
    with pytest.raises(Failure, match="Files can't be kept"):
        media_of(replace(settings, **change))
