"""TensorFlow is kept out only where it can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.light_rasa import needs_tensorflow, of_config


@pytest.mark.parametrize(
    "component",
    [
        "rasa.nlu.classifiers.diet_classifier.DIETClassifier",
        "rasa.core.policies.ted_policy.TEDPolicy",
        "rasa.nlu.selectors.response_selector.ResponseSelector",
        "my_company.classifier.Classifier",
        "DIETClassifier",
    ],
)
def test_a_component_that_brings_tensorflow_or_is_unknown_keeps_it(component: str) -> None:
    assert needs_tensorflow(component)


@pytest.mark.parametrize(
    "component",
    [
        "rasa.nlu.classifiers.logistic_regression_classifier.LogisticRegressionClassifier",
        "rasa.core.policies.rule_policy.RulePolicy",
        "RulePolicy",
        "bot.nlu.classifier.Classifier",
    ],
)
def test_the_components_that_ship_do_without(component: str) -> None:
    assert not needs_tensorflow(component)


def test_a_configuration_names_its_components_or_leaves_the_choice_to_rasa_which_may_bring_it(tmp_path: Path) -> None:
    config = tmp_path / "config.yml"
    config.write_text("pipeline: [{name: bot.nlu.tokenizer.SpacyTokenizer}]\npolicies: []\n", encoding="utf-8")
    assert of_config(config, nlu_only=True) == ["bot.nlu.tokenizer.SpacyTokenizer"]
    assert any(map(needs_tensorflow, of_config(config)))
