"""`sightline settings`: the settings in force."""

from collections.abc import Iterator
from typing import Annotated

import typer
from pydantic import BaseModel, SecretStr

from services.core.settings import Settings, load_settings


def settings(
    *,
    changed: Annotated[bool, typer.Option("--changed", help="Only those that differ from the default.")] = False,
    example: Annotated[
        bool, typer.Option("--example", help="All defaults, with what they mean: .env.example.")
    ] = False,
) -> None:
    """Print the settings in force, as environment variables; secrets are hidden.

    Example: sightline settings --changed
    """
    for line in example_lines() if example else environment_lines(load_settings(), changed=changed):
        typer.echo(line)


def environment_lines(settings: Settings, *, changed: bool = False) -> Iterator[str]:
    """Yield `NAME=value` for every setting, in the form in which `.env` takes it."""
    defaults = dict(_flatten("SIGHTLINE", Settings.model_construct()))
    for name, value in _flatten("SIGHTLINE", settings):
        if not changed or value != defaults[name]:
            yield f"{name}={_shown(value)}"


def example_lines() -> Iterator[str]:
    """Yield the lines of `.env.example`: every setting with its default, commented out, under what it means."""
    yield "# Every setting with its default. Copy to .env, or set in the environment, what is to differ."
    yield from _describe("SIGHTLINE", Settings.model_construct())


def _describe(prefix: str, section: BaseModel, joint: str = "_") -> Iterator[str]:
    for field, value in section:
        name = f"{prefix}{joint}{field.upper()}"
        if isinstance(value, BaseModel):
            yield from ("", f"# --- {(type(value).__doc__ or field).strip().partition(chr(10))[0]}")
            yield from _describe(name, value, "__")
            continue
        description = type(section).model_fields[field].description
        if description:
            yield f"# {description}"
        yield f"#{name}={_shown(value)}"


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
