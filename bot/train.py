"""Trains the bot: what `rasa train --force --skip-validation` trains, in a third of the time.

    python -m bot.train [--domain domain.yml] [--data data] [--config config.yml] --out FILE.tar.gz [--nlu]

The graph, its components and the archive are Rasa's. Three things are left out:

- its own validation, which reads all of the data three times: `baton check` validates, and says more;
- its cache of trained components. It takes the fingerprint of everything that passes between two components, and knows
  a component by its class alone, not by what the class leans on (an encoder, a kernel), so it would give a model that
  newer code did not make. Whoever calls knows when there is nothing to train;
- TensorFlow, where no component of config.yml needs it.

Exit codes: 0 trained, 1 what is wrong stands in the last line.
"""

from __future__ import annotations

import argparse
import copy
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ruamel.yaml.error import YAMLError

from bot.light_rasa import lighten, of_config

if TYPE_CHECKING:
    from rasa.shared.importers.importer import TrainingDataImporter


class CannotTrain(Exception):
    """There is nothing to train from, or it does not fit together; says what."""


def train(importer: TrainingDataImporter, archive: Path, *, nlu_only: bool = False) -> None:
    """Train a model.

    Args:
        importer: reads config.yml, the domain and the data.
        archive: the file to write it to.
        nlu_only: train understanding, without dialogue.

    Raises:
        CannotTrain: there are no examples, or the rules set a slot that the domain lacks.
        RasaException: a file is wrong in another way.
    """
    from rasa.engine.constants import PLACEHOLDER_IMPORTER
    from rasa.engine.graph import ExecutionContext
    from rasa.engine.recipes.recipe import Recipe
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.training.hooks import LoggingHook
    from rasa.engine.validation import validate
    from rasa.model_training import get_unresolved_slots
    from rasa.shared.data import TrainingType

    if importer.get_nlu_data().contains_no_pure_nlu_data():
        raise CannotTrain("There is no example to learn from: write some under data/nlu/.")
    # Before training, which may change it.
    domain = copy.deepcopy(importer.get_domain())
    unknown = [] if nlu_only else get_unresolved_slots(domain, importer.get_stories())
    if unknown:
        raise CannotTrain(f"Rules or stories set slots that domain.yml lacks: {', '.join(map(str, unknown))}.")
    kind = TrainingType.NLU if nlu_only else TrainingType.BOTH
    config = importer.get_config()
    recipe = Recipe.recipe_for_name(config.get("recipe"))
    config, *_ = recipe.auto_configure(importer.get_config_file_for_auto_config(), config, kind)
    graph = recipe.graph_config_for_recipe(config, {}, kind)
    validate(graph)
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="baton-train-") as place:
        storage = LocalModelStorage(Path(place))
        context = ExecutionContext(graph.train_schema)
        runner = DaskGraphRunner.create(graph.train_schema, storage, context, [LoggingHook(graph.train_schema)])
        runner.run(inputs={PLACEHOLDER_IMPORTER: importer})
        storage.create_model_package(archive, graph, domain)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train from the files that the arguments name."""
    options = _parser().parse_args(arguments)
    # At this level Rasa draws no progress bars into the log.
    os.environ |= {"RASA_TELEMETRY_ENABLED": "false", "LOG_LEVEL": "ERROR"}
    try:
        components = of_config(options.config, nlu_only=options.nlu)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, YAMLError) as problem:
        print(f"{options.config} can't be read ({problem}).", file=sys.stderr)  # noqa: T201 -- the program's last word
        return 1
    lighten(components)
    # Only now, for these import the rest of Rasa.
    from rasa.shared.exceptions import RasaException
    from rasa.shared.importers.importer import TrainingDataImporter

    from bot.private_log import configure_logging

    configure_logging()
    try:
        files = (str(options.config), str(options.domain), [str(options.data)])
        train(TrainingDataImporter.load_from_config(*files), options.out, nlu_only=options.nlu)
    except (CannotTrain, RasaException) as problem:
        print(problem, file=sys.stderr)  # noqa: T201 -- the program's last word
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.train", description="Train the bot.")
    parser.add_argument("--domain", type=Path, default=Path("domain.yml"))
    parser.add_argument("--data", type=Path, default=Path("data"), help="the folder of examples, responses and rules")
    parser.add_argument("--config", type=Path, default=Path("config.yml"))
    parser.add_argument("--out", type=Path, required=True, help="the archive to write")
    parser.add_argument("--nlu", action="store_true", help="train understanding alone, without dialogue")
    return parser


if __name__ == "__main__":
    sys.exit(main())
