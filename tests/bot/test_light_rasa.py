"""TensorFlow is kept out only where it can be."""

from __future__ import annotations

import pytest

from bot.light_rasa import needs_tensorflow


@pytest.mark.parametrize(
    "component",
    [
        "rasa.nlu.classifiers.diet_classifier.DIETClassifier",
        "rasa.core.policies.ted_policy.TEDPolicy",
        "rasa.nlu.selectors.response_selector.ResponseSelector",
        "my_company.classifier.Classifier",
    ],
)
def test_a_component_that_brings_tensorflow_or_is_unknown_keeps_it(component: str) -> None:
    assert needs_tensorflow(component)


@pytest.mark.parametrize(
    "component",
    [
        "rasa.nlu.classifiers.logistic_regression_classifier.LogisticRegressionClassifier",
        "rasa.core.policies.rule_policy.RulePolicy",
        "bot.nlu.classifier.Classifier",
    ],
)
def test_the_components_that_ship_do_without(component: str) -> None:
    assert not needs_tensorflow(component)
