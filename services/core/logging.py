"""Logs: constant event names with fields, one line each, to standard error, as text or JSON."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from services.core.sections import LogFormat, LogSettings

# Kafka clients tell of a broker's absence several times a second, and readers of pages of each that is none; the
# services say it in one line of their own.
_SILENT = frozenset({"kafka", "aiokafka", "htmldate", "trafilatura"})
_ERRORS_ONLY = frozenset({"asyncio", "faust", "mode", "httpcore", "httpx", "uvicorn"})


def configure_logging(log: LogSettings, *, service: str) -> None:
    """Send every log line of the process, the libraries' included, through one formatter."""
    debug = log.level == "DEBUG"
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *([] if debug else [_one_line]),
        structlog.processors.format_exc_info,
    ]
    as_json = log.format is LogFormat.JSON
    renderer = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(log.level)
    if not debug:
        handler.addFilter(_is_worth_a_line)
        for name in _SILENT | _ERRORS_ONLY:
            logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(service=service)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    # Filtered here and not at the loggers: services.core.cluster reads them to find out what is wrong.
    library = record.name.partition(".")[0]
    return library not in _SILENT and (library not in _ERRORS_ONLY or record.levelno >= logging.ERROR)


def _one_line(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Turn an exception into a field and drop the rest of a message that runs over several lines."""
    info = event.pop("exc_info", None)
    if info:
        error = info if isinstance(info, BaseException) else (info[1] if isinstance(info, tuple) else sys.exc_info()[1])
        event["error"] = f"{type(error).__name__}: {error}"
    event.pop("stack_info", None)
    for field, value in event.items():
        if isinstance(value, str) and "\n" in value:
            event[field] = value.strip().partition("\n")[0]
    return event
