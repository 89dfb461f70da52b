"""The file of products' names."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bot.nlu.entities.catalogue import CatalogueFile


def test_names_are_read_again_when_the_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "names.json"
    catalogue = CatalogueFile(path)
    assert catalogue.names() == ()
    path.write_text(json.dumps(["Tent", " "]), encoding="utf-8")
    assert catalogue.names() == ("Tent",)
    assert catalogue.names() is catalogue.names()
    path.write_text(json.dumps(["Lamp"]), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert catalogue.names() == ("Lamp",)
    path.unlink()
    assert catalogue.names() == ()


@pytest.mark.parametrize("content", ["", "{}", '["a", 1]', "\udcff"])
def test_a_file_that_cannot_be_read_leaves_the_names_and_is_reported_once(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "names.json"
    path.write_text(json.dumps(["Tent"]), encoding="utf-8")
    catalogue = CatalogueFile(path)
    assert catalogue.names() == ("Tent",)
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    os.utime(path, ns=(1, 1))
    assert [catalogue.names(), catalogue.names()] == [("Tent",), ("Tent",)]
    assert [record.args[0] for record in caplog.records if record.args] == [path]


def test_a_shop_without_a_catalogue_has_no_names() -> None:
    assert CatalogueFile(None).names() == ()
