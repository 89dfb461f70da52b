"""When the bot has to be trained; the training itself runs in the end-to-end tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from baton.training import fingerprint, fresh_model


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, content in {
        "config.yml": "recipe: default.v1",
        "domain.yml": "intents: []",
        "data/nlu/en/faq.yml": "nlu: []",
        "data/rules/faq.yml": "rules: []",
        "data/notices/en.toml": "",
        "requirements/rasa.lock": "rasa==3.6.21",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return tmp_path


def test_a_model_is_fresh_until_an_author_changes_something(project: Path) -> None:
    models = project / "models"
    assert fresh_model(project, models) is None
    models.mkdir()
    (models / f"baton-{fingerprint(project)}.tar.gz").touch()
    assert fresh_model(project, models) is not None
    (project / "data/nlu/en/faq.yml").write_text("nlu: [1]")
    assert fresh_model(project, models) is None
    (project / "data/nlu/en/faq.yml").write_text("nlu: []")
    assert fresh_model(project, models) is not None


@pytest.mark.parametrize(
    "name", ["config.yml", "domain.yml", "data/rules/new.yml", "data/responses/en/faq.yml", "bot/nlu/tokens.py"]
)
def test_whatever_goes_into_a_model_makes_it_stale(project: Path, name: str) -> None:
    before = fingerprint(project)
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text("something else")
    assert fingerprint(project) != before


def test_a_file_by_another_name_makes_it_stale(project: Path) -> None:
    before = fingerprint(project)
    (project / "data/rules/faq.yml").rename(project / "data/rules/questions.yml")
    assert fingerprint(project) != before


def test_what_the_system_says_is_no_training_data(project: Path) -> None:
    before = fingerprint(project)
    (project / "data/notices/en.toml").write_text("[queue]")
    assert fingerprint(project) == before
