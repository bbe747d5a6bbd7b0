"""`sightline settings`: the settings in force."""

from collections.abc import Iterator
from typing import Annotated

import typer
from pydantic import BaseModel, SecretStr

from services.core.settings import Settings, load_settings


def settings(
    *, changed: Annotated[bool, typer.Option("--changed", help="Only those that differ from the default.")] = False
) -> None:
    """Print the settings in force, as environment variables; secrets are hidden.

    Example: sightline settings --changed
    """
    for line in environment_lines(load_settings(), changed=changed):
        typer.echo(line)


def environment_lines(settings: Settings, *, changed: bool = False) -> Iterator[str]:
    """Yield `NAME=value` for every setting, in the form in which `.env` takes it."""
    defaults = dict(_flatten("SIGHTLINE", Settings.model_construct()))
    for name, value in _flatten("SIGHTLINE", settings):
        if not changed or value != defaults[name]:
            yield f"{name}={_shown(value)}"


def _flatten(prefix: str, section: BaseModel, joint: str = "_") -> Iterator[tuple[str, object]]:
    for field, value in section:
        name = f"{prefix}{joint}{field.upper()}"
        if isinstance(value, BaseModel):
            yield from _flatten(name, value, "__")
        else:
            yield name, value


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return "********"
    if isinstance(value, tuple):
        return " ".join(str(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
