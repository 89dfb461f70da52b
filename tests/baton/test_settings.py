"""The table of settings, where it is read from, and its documentation."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from baton.failure import Failure
from baton.hours import weekly_hours
from baton.settings import ROOT, TABLE, Settings
from baton.settings_page import as_markdown, as_text
from baton.settings_source import environment, load, unknown_variables, with_secrets
from handoff.rules import Rules
from tests.baton.rasa_half import variables_read

NO_FILE = Path("/nonexistent/baton.toml")


def test_every_setting_has_a_default_that_its_own_reader_takes() -> None:
    written = {row.variable: text for row in TABLE if (text := environment(Settings(), [row.name])[row.variable])}
    assert load(written, NO_FILE) == Settings()


def test_docs_settings_md_is_the_table() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == as_markdown(), "write it again: .venv/bin/baton settings --markdown > docs/settings.md"


def test_whatever_the_rasa_half_reads_from_the_environment_is_in_the_table() -> None:
    derived = {"BATON_ACTION_TIMEOUT_SECONDS"}  # `baton run` makes it of the turn's limit
    assert (variables_read("bot") | variables_read("actions")) - derived <= {row.variable for row in TABLE}


def test_no_grace_that_may_be_set_takes_conversations_from_an_agent_between_two_heartbeats() -> None:
    grace = next(row for row in TABLE if row.name == "grace_seconds")
    with pytest.raises(ValueError, match="whole number"):
        grace.read(Rules().heartbeat_seconds)


def test_every_setting_is_explained_in_a_sentence() -> None:
    assert all(len(row.help) > 15 and row.help.endswith(".") for row in TABLE)


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(tmp_path: Path) -> None:
    file = tmp_path / "baton.toml"
    file.write_text('port = 9001\nhost = "127.0.0.2"\nhandoff_intents = ["upset", "legal"]\n')
    settings = load({"BATON_PORT": "9002"}, file)
    assert (settings.port, settings.host, settings.offer_seconds) == (9002, "127.0.0.2", 30)
    assert settings.handoff_intents == ("upset", "legal")


def test_a_path_in_the_file_is_meant_from_the_file_s_own_folder(tmp_path: Path) -> None:
    file = tmp_path / "baton.toml"
    file.write_text('home = "kept"\n')
    assert load({}, file).home == tmp_path / "kept"


def test_redis_url_is_known_by_its_usual_name_too() -> None:
    assert load({"REDIS_URL": "redis://there:6379/0"}, NO_FILE).redis_url == "redis://there:6379/0"
    both = {"REDIS_URL": "redis://there", "BATON_REDIS_URL": "redis://here"}
    assert load(both, NO_FILE).redis_url == "redis://here"


@pytest.mark.parametrize(
    ("name", "written", "sentence"),
    [
        ("PORT", "eighty", "BATON_PORT must be a whole number from 1 to 65535."),
        ("PORT", "70000", "BATON_PORT must be a whole number from 1 to 65535."),
        ("PORT", "٣", "BATON_PORT must be a whole number from 1 to 65535."),
        ("HOST", "a\nb", "BATON_HOST must be one line of text."),
        ("HOME", "", "BATON_HOME must name a folder."),
        ("BUSINESS_TIMEZONE", "Mars/Base", "BATON_BUSINESS_TIMEZONE must be a time zone like Europe/Copenhagen."),
        ("BUSINESS_TIMEZONE", "../etc/passwd", "BATON_BUSINESS_TIMEZONE must be a time zone like Europe/Copenhagen."),
        ("BUSINESS_HOURS", "Mon 17:00-09:00", "BATON_BUSINESS_HOURS must open before it closes"),
        ("BUSINESS_HOURS", "Moon 09:00-17:00", "BATON_BUSINESS_HOURS must read like"),
        ("BUSINESS_HOURS", "Mon 09:00-25:00", "BATON_BUSINESS_HOURS must have times between 00:00 and 23:59"),
        ("BUSINESS_HOURS", "Mon-Fri 09:00-17:00; Fri 16:00-18:00", "must not name the same hour of a day twice"),
        ("BUSINESS_HOURS", "Sun 20:00-24:00; Sun 22:00-23:00", "must not name the same hour of a day twice"),
        ("CLOSED_DATES", "24/12", "BATON_CLOSED_DATES must be days like 2026-12-24."),
        ("DEFAULT_REGION", "Denmark", "BATON_DEFAULT_REGION must be a country's two letters, like DK."),
        ("SHOP", "paper", "BATON_SHOP must be one of sqlite, http."),
        ("SHOP", "http", "BATON_SHOP_URL must name your shop's REST API."),
        ("REDIS_URL", "localhost:6379", "BATON_REDIS_URL must begin with redis:// or rediss:// or unix://."),
        ("WIDGET_ORIGINS", "shop.example", "BATON_WIDGET_ORIGINS must be origins like https://shop.example"),
        ("WIDGET_ORIGINS", "https://shop.example/page", "must be origins like https://shop.example, without a path."),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence_that_says_what_is_expected(
    name: str, written: str, sentence: str
) -> None:
    with pytest.raises(Failure) as failure:
        load({f"BATON_{name}": written}, NO_FILE)
    assert sentence in failure.value.message


def test_a_wrong_secret_is_not_repeated_in_the_error() -> None:
    with pytest.raises(Failure) as failure:
        load({"BATON_REDIS_URL": "reddis://:canary-password@there"}, NO_FILE)
    assert "canary" not in failure.value.message


def test_a_misspelt_name_is_pointed_at(tmp_path: Path) -> None:
    file = tmp_path / "baton.toml"
    file.write_text("prot = 1\n")
    with pytest.raises(Failure, match=r"did you mean port\?"):
        load({}, file)
    assert unknown_variables({"BATON_PROT": "1", "BATON_PORT": "1", "HOME": "/"}) == [
        "BATON_PROT is no setting (did you mean BATON_PORT?)"
    ]


def test_a_file_that_is_not_toml_gives_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "baton.toml"
    file.write_text("port: 80")
    with pytest.raises(Failure, match=r"baton\.toml can't be read"):
        load({}, file)


def test_secrets_are_made_once_readable_by_their_owner_alone(tmp_path: Path) -> None:
    first = with_secrets(replace(Settings(), home=tmp_path))
    again = with_secrets(replace(Settings(), home=tmp_path))
    assert first == again
    made = {row.name for row in TABLE if row.generated}
    assert len({getattr(first, name) for name in made}) == len(made)
    assert all(len(getattr(first, name)) >= 40 for name in made)
    files = list((tmp_path / "secrets").iterdir())
    assert {file.name for file in files} == made
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_processes_that_start_at_once_agree_on_the_secrets(tmp_path: Path) -> None:
    def start(_: int) -> Settings:
        return with_secrets(replace(Settings(), home=tmp_path))

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(start, range(16)))) == 1


def test_a_secret_that_was_given_is_kept(tmp_path: Path) -> None:
    given = replace(Settings(), home=tmp_path, session_secret="x" * 40)
    assert with_secrets(given).session_secret == "x" * 40


def test_secrets_are_never_shown(tmp_path: Path) -> None:
    told = with_secrets(replace(Settings(), home=tmp_path, redis_url="redis://:canary@there"))
    shown = as_text(told) + repr(told)
    assert "canary" not in shown
    assert not any(getattr(told, row.name) in shown for row in TABLE if row.generated)


def test_the_address_is_one_that_a_browser_can_open() -> None:
    assert Settings().address == "http://127.0.0.1:8080"
    assert replace(Settings(), host="0.0.0.0").address == "http://127.0.0.1:8080"
    assert replace(Settings(), host="::1").address == "http://[::1]:8080"
    assert replace(Settings(), public_url="https://help.example/").address == "https://help.example"


def test_opening_hours_span_days_and_weekends() -> None:
    week = weekly_hours("Fri-Mon 09:00-12:00; sat 13:00-15:00")
    assert sorted(week) == [0, 4, 5, 6]
    assert week[5] == ((time(9), time(12)), (time(13), time(15)))
    assert weekly_hours("Sun 20:00-24:00")[6] == ((time(20), time(0)),)
    assert weekly_hours("") == {}
