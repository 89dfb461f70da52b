"""The table of settings as people read it: at the terminal, and as docs/settings.md."""

from __future__ import annotations

from baton.settings import HOME, TABLE, Setting, Settings
from baton.settings_source import shown

_INTRODUCTION = """\
# Settings

A setting is read from its environment variable, else from `baton.toml` in the project's folder (`port = 8081`), else
it has its default. `baton settings` prints what is in force. Lists are separated by commas in the environment and are
lists in `baton.toml`. Secrets that nobody gave are made at first start, in `secrets/` under the home folder, readable
by its owner alone. `BATON_CONFIG` names another file than `baton.toml`.

| variable | in baton.toml | what may be written | default | what it does |
|---|---|---|---|---|
"""


def as_markdown() -> str:
    """Write docs/settings.md, which a test compares with the table."""
    rows = (f"| `{row.variable}` | `{row.name}` | {row.kind} | {_default(row)} | {row.help} |" for row in TABLE)
    return _INTRODUCTION + "\n".join(rows) + "\n"


def as_text(settings: Settings) -> str:
    """Write the settings in force for the terminal; secrets are not shown."""
    blocks = []
    for row in TABLE:
        value = getattr(settings, row.name)
        origin = "" if value == row.default else "  (set)"
        blocks.append(f"{row.variable} = {_hidden(row, value)}{origin}\n    {row.help}")
    return "\n".join(blocks)


def _hidden(row: Setting, value: object) -> str:
    if row.secret:
        return "(hidden)" if value else "(made at first start)" if row.generated else "(none)"
    return shown(value) or "(none)"


def _default(row: Setting) -> str:
    if row.generated:
        return "made at first start"
    if row.default == HOME:
        return "`var`"
    return f"`{shown(row.default)}`" if shown(row.default) else ""
