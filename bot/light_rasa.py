"""Rasa without TensorFlow, for models that have no use for it.

Rasa imports TensorFlow at start for two modules of training callbacks, whatever the model, and once more for its own
components that train through it when it looks a component up by name. Where none of them is used that costs about six
seconds and 375 MB. ``lighten`` puts placeholders where those modules go; calling one of them raises. It changes nothing
when a component needs the real ones, or is unknown.
"""

from __future__ import annotations

import json
import sys
import tarfile
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from ruamel.yaml import YAML

_CALLBACKS = {
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaDataGenerator", "RasaBatchDataGenerator"),
}
_COMPONENTS = {
    "rasa.nlu.classifiers.diet_classifier": ("DIETClassifier",),
    "rasa.nlu.selectors.response_selector": ("ResponseSelector",),
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": ("ConveRTFeaturizer",),
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": ("LanguageModelFeaturizer",),
    "rasa.core.policies.ted_policy": ("TEDPolicy",),
    "rasa.core.policies.unexpected_intent_policy": ("UnexpecTEDIntentPolicy",),
}
_UNKNOWN = "unknown.Component"
_BY_NAME = frozenset(name for names in _COMPONENTS.values() for name in names)


def lighten(components: Iterable[str]) -> bool:
    """Keep TensorFlow from being imported if these components can do without; say whether it was kept out.

    To be called before anything of Rasa is imported.

    Args:
        components: all that will be used, as a model or config.yml names them.
    """
    if "tensorflow" in sys.modules or any(map(needs_tensorflow, components)):
        return False
    for name, classes in (_CALLBACKS | _COMPONENTS).items():
        sys.modules.setdefault(name, _placeholder(name, classes))
    # spaCy's library takes TensorFlow along wherever it can be imported, and does without where it cannot.
    sys.modules["tensorflow"] = None  # type: ignore[assignment]
    return True


def needs_tensorflow(component: str) -> bool:
    """Whether a component brings TensorFlow: by its module path, or by the bare name that Rasa's own have.

    One that is neither Rasa's nor ours is taken to.
    """
    if "." not in component:
        return component in _BY_NAME
    return component.startswith(tuple(_COMPONENTS)) or not component.startswith(("rasa.", "bot."))


def of_model(model: Path) -> list[str]:
    """The components of a trained model.

    Args:
        model: its archive.
    """
    with tarfile.open(model, "r:gz") as archive:
        member = next((member for member in archive if Path(member.name).name == "metadata.json"), None)
        file = archive.extractfile(member) if member else None
        if file is None:
            return [_UNKNOWN]
        metadata: dict[str, Any] = json.load(file)
    return [node["uses"] for node in metadata["predict_schema"]["nodes"].values()]


def of_config(config: Path, *, nlu_only: bool = False) -> list[str]:
    """The components that a config.yml names; an unknown one where it leaves the choice to Rasa.

    Args:
        config: the file.
        nlu_only: leave the policies out.
    """
    read = YAML(typ="safe").load(config) or {}
    parts = [read.get(part) or [{"name": _UNKNOWN}] for part in ("pipeline", *(() if nlu_only else ("policies",)))]
    return [str(component["name"]) for part in parts for component in part]


def _placeholder(name: str, classes: tuple[str, ...]) -> types.ModuleType:
    module = types.ModuleType(name)
    for class_name in classes:
        setattr(module, class_name, type(class_name, (), {"__init__": _refuse, "__module__": name}))
    return module


def _refuse(self: object, *_: object, **__: object) -> NoReturn:
    raise RuntimeError(f"{type(self).__name__} needs TensorFlow, which this process runs without.")
