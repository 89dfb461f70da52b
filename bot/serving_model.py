"""Loads and runs a trained model for serving only."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from rasa.engine.graph import GraphSchema
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import MODEL_ARCHIVE_METADATA_FILE, LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.utils.io import read_json_file


class ServingModelStorage(LocalModelStorage):
    """Reads a model's archive without what only training needs.

    The training graph names a validator that imports every component Rasa has, TensorFlow's among them.
    """

    @staticmethod
    def _load_metadata(directory: Path) -> ModelMetadata:
        metadata = read_json_file(directory / MODEL_ARCHIVE_METADATA_FILE)
        metadata["train_schema"] = GraphSchema({}).as_dict()
        return ModelMetadata.from_dict(metadata)


class InOrderRunner(DaskGraphRunner):
    """Runs the components of a model one after the other, as each turn needs them several times.

    Rasa plans the graph anew for every run, and writes its inputs, the whole conversation among them, into a log line
    that nobody reads; together that is a tenth of a turn.
    """

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Run what the targets need, and return their outputs by name."""
        outputs = {name: (name, value) for name, value in (inputs or {}).items()}

        def output_of(name: str) -> tuple[str, Any]:
            if name not in outputs:
                needed = self._graph_schema.nodes[name].needs.values()
                outputs[name] = self._instantiated_nodes[name](*map(output_of, needed))
            return outputs[name]

        return dict(map(output_of, targets or self._graph_schema.target_names))


def load_serving_model(archive: Path) -> tuple[ModelMetadata, GraphRunner]:
    """Unpack a model and instantiate its components.

    Args:
        archive: the model as `rasa train` wrote it.
    """
    with tempfile.TemporaryDirectory() as unpacked:
        metadata, runner = load_predict_graph_runner(Path(unpacked), archive, ServingModelStorage, InOrderRunner)
    return metadata, runner
