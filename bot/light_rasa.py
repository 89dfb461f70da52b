"""Rasa without TensorFlow, for models that have no use for it.

Rasa imports TensorFlow at start for two modules of training callbacks, whatever the model. For a server whose
components do not train through TensorFlow that costs about six seconds and 375 MB. ``lighten`` puts placeholders
where those two modules go; calling one of them raises. It changes nothing when a component of the model needs the
real ones, or is unknown.
"""

from __future__ import annotations

import json
import sys
import tarfile
import types
from pathlib import Path
from typing import Any, NoReturn

_PLACEHOLDERS = {
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaDataGenerator", "RasaBatchDataGenerator"),
}
_NEEDS_TENSORFLOW = (
    "rasa.nlu.classifiers.diet_classifier",
    "rasa.nlu.selectors.response_selector",
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer",
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer",
    "rasa.core.policies.ted_policy",
    "rasa.core.policies.unexpected_intent_policy",
)


def lighten(model: Path) -> bool:
    """Keep TensorFlow from being imported if the model can do without; say whether it was kept out.

    To be called before anything of Rasa is imported.

    Args:
        model: the archive of a trained model.
    """
    if "tensorflow" in sys.modules or any(needs_tensorflow(component) for component in _components(model)):
        return False
    for name, classes in _PLACEHOLDERS.items():
        sys.modules.setdefault(name, _placeholder(name, classes))
    # spaCy's library takes TensorFlow along wherever it can be imported, and does without where it cannot.
    sys.modules["tensorflow"] = None  # type: ignore[assignment]
    return True


def needs_tensorflow(component: str) -> bool:
    """Whether a component, by its module path, brings TensorFlow; unknown ones are taken to."""
    return component.startswith(_NEEDS_TENSORFLOW) or not component.startswith(("rasa.", "bot."))


def _components(model: Path) -> list[str]:
    with tarfile.open(model, "r:gz") as archive:
        member = next((member for member in archive if Path(member.name).name == "metadata.json"), None)
        file = archive.extractfile(member) if member else None
        if file is None:
            return ["unknown"]
        metadata: dict[str, Any] = json.load(file)
    return [node["uses"] for node in metadata["predict_schema"]["nodes"].values()]


def _placeholder(name: str, classes: tuple[str, ...]) -> types.ModuleType:
    module = types.ModuleType(name)
    for class_name in classes:
        setattr(module, class_name, type(class_name, (), {"__init__": _refuse, "__module__": name}))
    return module


def _refuse(self: object, *_: object, **__: object) -> NoReturn:
    raise RuntimeError(f"{type(self).__name__} needs TensorFlow, which this server runs without.")
