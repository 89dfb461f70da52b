"""Finds the trained model to run."""

from __future__ import annotations

from pathlib import Path


class NoModel(Exception):
    """There is no trained model where one was looked for."""


def newest_model(place: Path) -> Path:
    """The model itself, or the newest of a folder of models.

    Raises:
        NoModel: there is none.
    """
    if place.is_file():
        return place
    models = sorted(place.glob("*.tar.gz"), key=lambda model: model.stat().st_mtime)
    if not models:
        raise NoModel(f"There is no trained model in {place}; train one with `baton train`.")
    return models[-1]
