"""Where settings come from: the environment, then `baton.toml`, then the defaults; secrets from files of their own."""

from __future__ import annotations

import difflib
import os
import secrets
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from baton.failure import Failure
from baton.settings import ROOT, TABLE, Settings


def load(environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """Read the settings; secrets that nobody gave stay empty until `with_secrets`.

    Args:
        environ: the environment variables.
        file: the optional `baton.toml`; by default what BATON_CONFIG names, else the one in the project's folder.

    Raises:
        Failure: a value can't be read, or the file names something that is no setting.
    """
    found: dict[str, Any] = {}
    file = file or Path(environ.get("BATON_CONFIG", ROOT / "baton.toml"))
    written = _file(file)
    for setting in TABLE:
        if setting.variable in environ:
            found[setting.name] = _read(setting.variable, setting.read, environ[setting.variable], Path.cwd())
        elif setting.name == "redis_url" and environ.get("REDIS_URL"):
            found[setting.name] = _read("REDIS_URL", setting.read, environ["REDIS_URL"], Path.cwd())
        elif setting.name in written:
            where = f"{setting.name} in {file.name}"
            found[setting.name] = _read(where, setting.read, written[setting.name], file.parent)
    settings = Settings(**found)
    if settings.shop == "http" and not settings.shop_url:
        raise Failure("BATON_SHOP is http, so BATON_SHOP_URL must name your shop's REST API.")
    return settings


def with_secrets(settings: Settings) -> Settings:
    """Fill in the secrets that nobody gave, from `secrets/` under the home folder; missing ones are made there once."""
    missing = [setting.name for setting in TABLE if setting.generated and not getattr(settings, setting.name)]
    made: dict[str, Any] = {name: _secret(settings.home / "secrets" / name) for name in missing}
    return replace(settings, **made)


def environment(settings: Settings, names: Iterable[str]) -> dict[str, str]:
    """Write the named settings as environment variables, for a process that `baton run` starts."""
    return {f"BATON_{name.upper()}": shown(getattr(settings, name)) for name in names}


def shown(value: object) -> str:
    """Write a setting's value as it would stand in an environment variable."""
    return ",".join(value) if isinstance(value, tuple) else str(value)


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Name the BATON_… variables that set nothing, each with the setting that was probably meant."""
    known = {setting.variable for setting in TABLE} | {"BATON_CONFIG"}
    strange = sorted(name for name in environ if name.startswith("BATON_") and not name.startswith("BATON_TEST_"))
    return [f"{name} is no setting{_meant(name, known)}" for name in strange if name not in known]


def _file(file: Path) -> dict[str, Any]:
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise Failure(f"{file.name} can't be read: {problem}.") from problem
    known = {setting.name for setting in TABLE}
    for name in written:
        if name not in known:
            raise Failure(f"{file.name} names '{name}', which is no setting{_meant(name, known)}.")
    return written


def _meant(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]}?)" if close else "; `baton settings` lists them all"


def _read(name: str, read: Callable[[object], Any], raw: object, folder: Path) -> Any:
    try:
        value = read(raw)
    except ValueError as problem:
        raise Failure(f"{name} {problem}.") from None
    return folder / value if isinstance(value, Path) else value


def _secret(file: Path) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Made aside and linked into place: processes that start at once agree on one whole secret.
        handle, aside = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        with os.fdopen(handle, "w", encoding="ascii") as target:
            target.write(secrets.token_urlsafe(32))
        with suppress(FileExistsError):
            os.link(aside, file)
        Path(aside).unlink()
    return file.read_text(encoding="ascii").strip()
