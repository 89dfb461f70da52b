"""Writes what `bench.nlu` measured as the tables of docs/understanding.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

BEGIN = "<!-- measured by `make bench-nlu`: begin -->"
END = "<!-- measured by `make bench-nlu`: end -->"

Figures = Mapping[str, Any]

ACCURACY_GOALS = {
    "banking77_10shot": 86,
    "clinc150_10shot": 93,
    "hint3_sofmattress": 81,
    "arbanking77_10shot": 63,
    "ru_10shot": 66,
    "xsid_en": 97,
    "xsid_da": 97,
    "xsid_zh": 94,
    "xsid_ar": 90,
}
AUROC_GOALS = {"hint3_sofmattress": 91, "clinc150_10shot": 97}
HELDOUT_GOALS = {"en": 93}
HELDOUT_GOAL = 85

_QUIET_LOAD = 1.0


def tables(kept: Mapping[str, Any], stock: Mapping[str, Figures]) -> str:
    """The tables in Markdown.

    Args:
        kept: the figures of the data sets and of the held-out messages.
        stock: stock Rasa's, by data set; those of sets that were not measured are missing.
    """
    sets: Mapping[str, Figures] = kept.get("sets", {})
    parts = []
    if sets:
        parts += [_accuracy(sets, stock), _scope(sets, stock), _cost(sets, stock)]
    if "heldout" in kept:
        parts.append(_heldout(kept["heldout"]))
    return "\n\n".join(parts)


def write_between_marks(page: Path, written: str) -> None:
    """Put tables between the two marks of a page.

    Raises:
        ValueError: the page lacks them.
    """
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} lacks the marks between which the figures go.")
    page.write_text(f"{before}{BEGIN}\n\n{written}\n\n{END}{after}", encoding="utf-8")


def _accuracy(sets: Mapping[str, Figures], stock: Mapping[str, Figures]) -> str:
    rows = [
        (
            f"{name} ({figures['language']}, {figures['intents']} intents)",
            _beside_goal(figures["accuracy"], ACCURACY_GOALS.get(name)),
            _cell(stock.get(name), "accuracy"),
            _cell(figures, "macro_f1"),
            _cell(stock.get(name), "macro_f1"),
            _cell(figures, "calibration_error"),
            _cell(stock.get(name), "calibration_error"),
            _cell(figures, "rejected_in_scope"),
            _cell(figures, "asked_in_scope"),
        )
        for name, figures in sets.items()
    ]
    heads = ("in scope, %", "accuracy", "stock", "macro-F1", "stock", "calibration error", "stock", "refused", "asked")
    return _table(heads, rows)


def _scope(sets: Mapping[str, Figures], stock: Mapping[str, Figures]) -> str:
    rows = []
    for name, figures in sets.items():
        if "auroc" not in figures:
            continue
        for whose, found, goal in (("", figures, AUROC_GOALS.get(name)), (", stock", stock.get(name), None)):
            if found:
                names = ("fpr_at_95_recall", "accuracy_at_80_out_of_scope_recall", "rejected_out_of_scope")
                rows.append((name + whose, _beside_goal(found["auroc"], goal), *(_cell(found, one) for one in names)))
    heads = (
        "out of scope, %",
        "AUROC",
        "false positives at 95 % recall",
        "accuracy in scope at 80 % recall",
        "refused by the gate",
    )
    return _table(heads, rows)


def _cost(sets: Mapping[str, Figures], stock: Mapping[str, Figures]) -> str:
    rows = []
    for name, figures in sets.items():
        other = stock.get(name) or {}
        rows.append(
            (
                name,
                f"{figures['ms_p50']:.1f} / {figures['ms_p99']:.1f}",
                f"{figures['ms_cpu_p50']:.1f} / {figures['ms_cpu_p99']:.1f}" if "ms_cpu_p50" in figures else "",
                f"{other['ms_p50']:.1f} / {other['ms_p99']:.1f}" if "ms_p50" in other else "",
                f"{figures['training_s']:.0f}",
                f"{other['training_s']:.0f}" if "training_s" in other else "",
                f"{figures['training_peak_mb']}",
                f"{figures['loaded_mb']}",
                _load(figures),
            )
        )
    heads = (
        "cost",
        "ms a message, p50 / p99",
        "of which computing",
        "stock",
        "training, s",
        "stock",
        "training peak, MB",
        "loaded, MB",
        "load before",
    )
    return _table(heads, rows)


def _heldout(kept: Mapping[str, Any]) -> str:
    rows = [
        (
            language,
            f"{figures['messages']} + {figures['out_of_scope_messages']}",
            _beside_goal(figures["accuracy"], HELDOUT_GOALS.get(language, HELDOUT_GOAL)),
            _cell(figures, "rejected_in_scope"),
            _cell(figures, "asked_in_scope"),
            _cell(figures, "acted_wrongly"),
            _cell(figures, "rejected_out_of_scope"),
            str(len(figures["tasks_begun_out_of_scope"])),
            f"{figures['ms_p50']:.1f} / {figures['ms_p99']:.1f}",
            f"{figures['ms_cpu_p50']:.1f} / {figures['ms_cpu_p99']:.1f}" if "ms_cpu_p50" in figures else "",
        )
        for language, figures in kept["languages"].items()
    ]
    heads = (
        "the shop's own held-out messages",
        "in scope + out of scope",
        "accuracy, %",
        "refused, %",
        "asked, %",
        "another intent acted on, %",
        "out of scope refused, %",
        "out of scope, task begun",
        "ms a message, p50 / p99",
        "of which computing",
    )
    memory = f"Memory with the shipped model loaded: {kept['loaded_mb']} MB. Load before: {_load(kept)}."
    return f"{_table(heads, rows)}\n\n{memory}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _beside_goal(figure: float, goal: float | None) -> str:
    if goal is None:
        return f"{figure:.1f}"
    return f"{figure:.1f} (≥ {goal})" if figure >= goal else f"{figure:.1f} (≥ {goal}: **missed**)"


def _cell(figures: Figures | None, name: str) -> str:
    return f"{figures[name]:.1f}" if figures and name in figures else ""


def _load(figures: Figures) -> str:
    return f"{figures['load']}" + ("" if figures["load"] <= _QUIET_LOAD else ", busy")
