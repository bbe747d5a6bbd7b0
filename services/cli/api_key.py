"""`sightline api-key`: make a key for the HTTP API."""

from typing import Annotated

import typer

from services.core.errors import ConfigurationError


def api_key(
    name: Annotated[str, typer.Argument(help="Whose key it is: letters, digits, dots, hyphens, underscores.")],
) -> None:
    """Make a random key, and print it with what the service is to know of it: nothing keeps the key itself.

    Example: sightline api-key newsroom
    """
    from services.core.settings import IngestSettings  # noqa: PLC0415 - only where it is used
    from services.ingest.keys import hash_key, make_key  # noqa: PLC0415 - as above

    key = make_key()
    kept = hash_key(name, key).setting
    try:
        IngestSettings.model_validate({"api_keys": (kept,)})
    except ValueError as error:
        msg = f"{name!r} is no name of a key: letters, digits, dots, hyphens and underscores only"
        raise ConfigurationError(msg) from error
    typer.echo(f"key      {key}")
    typer.echo(f"setting  SIGHTLINE_INGEST__API_KEYS={kept}")
