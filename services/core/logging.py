"""Logs: constant event names with fields, one line each, to standard error, as text or JSON.

Of the libraries, only what goes wrong is told, at every level: they log what they send and receive, several lines for
each message, bodies, passwords and addresses with tokens in them included.
"""

import logging
import sys
import threading
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

from services.core.sections import LogFormat, LogSettings

# Kafka clients tell of a broker's absence several times a second, readers of pages of each that is none, and the export
# of spans of every attempt; the services say it in one line of their own.
_SILENT = frozenset({"aiokafka", "htmldate", "kafka", "opentelemetry", "trafilatura"})
_ERRORS_ONLY = frozenset({"apprise", "asyncio", "faust", "httpcore", "httpx", "mode", "requests", "urllib3", "uvicorn"})
_OURS = frozenset({"__main__", "services"})


def configure_logging(log: LogSettings, *, service: str) -> None:
    """Send every log line of the process, the libraries' included, through one formatter.

    Args:
        log: Level and format.
        service: Stands on every line.
    """
    debug = log.level == "DEBUG"

    def name_service(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        # Not among the context variables, which other threads do not have.
        event["service"] = service
        return event

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        name_service,
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
    handler.addFilter(_is_worth_a_line)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[log.level]))
    for name in _OURS:
        logging.getLogger(name).setLevel(log.level)
    for name in _SILENT | _ERRORS_ONLY:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    if as_json:
        _tell_ends_as_lines()


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger


def _tell_ends_as_lines() -> None:
    """Log what Python would print over several lines: warnings, and what the process or a thread of it dies of."""
    logging.captureWarnings(capture=True)
    log = get_logger(__name__)

    def of_process(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        log.critical("died", exc_info=(kind, error, traceback))

    def of_thread(ended: threading.ExceptHookArgs) -> None:
        log.error("thread_died", exc_info=(ended.exc_type, ended.exc_value, ended.exc_traceback))

    sys.excepthook = of_process
    threading.excepthook = of_thread


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
