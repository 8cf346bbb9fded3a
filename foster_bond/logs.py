"""Ground: what is logged is an event's name and ids. One redacting processor stands before every line, ours or not."""

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import date, timedelta
from enum import Enum
from pathlib import PurePath
from typing import Any, Literal, TextIO
from uuid import UUID

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Words, names and ways to reach a person. A key is hidden when it is one of these or ends in "_" and one of these.
_HIDDEN = frozenset(
    "address answer body bodies code content csrf display email excerpt first header headers key keys label mail "
    "message name names note number numbers params password payload phone phones quote recipient reply said secret "
    "sender statement subject text texts token url wording words".split()
)
_HIDDEN_ALONE = frozenset({"to", "from", "from_", "to_", "form", "args", "sql", "cookie", "cookies", "data"})
_SHOWN = frozenset({"error_code", "exit_code", "status_code", "event_name", "job_name", "logger_name"})
_NUMBER = re.compile(
    r"(?:\+|%2B|(?<![\w.:-])00)\d[\d ().-]{5,17}\d"  # +1 303 555 0101, also as it stands in an address
    r"|(?<![\w.-])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])"  # (303) 555-0101
    r"|(?<![\w.:-])1?\d{10}(?![\w:-]|\.\d)",  # 13035550101, but not a part of an id, a time or a fraction
    re.IGNORECASE,
)
_QUIET = {
    "twilio": logging.WARNING,  # at INFO it writes request addresses and headers, and list filters hold numbers
    "urllib3": logging.WARNING,
    "aiohttp": logging.WARNING,
    "asyncio": logging.WARNING,
    "apscheduler": logging.WARNING,
    "sqlalchemy": logging.WARNING,  # its engine logger writes parameters at INFO
    "alembic": logging.WARNING,
}
_OWN_HANDLERS = ("gunicorn.error", "gunicorn.access", "werkzeug", "flask.app")
_PLAIN = (bool, int, float, date, timedelta, UUID, PurePath, type(None))
_CODES = ("errno", "sqlstate", "sqlite_errorname", "status")


def set_up_logs(log_format: Literal["console", "json"], stream: TextIO | None = None) -> None:
    """Send every log line of this process, ours and the libraries', through the redaction to `stream` (stderr).

    Safe to call again. In a gunicorn worker call it after the fork: gunicorn sets its own handlers before that.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(log_format)],
            use_get_message=True,
            keep_exc_info=False,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    _tame_libraries()


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The same event without words, names, numbers or secrets; an exception keeps its types, codes and places."""
    exc_info = event.pop("exc_info", None)
    event.pop("stack_info", None)
    meta = {key: value for key, value in event.items() if key.startswith("_")}  # structlog's own, never rendered
    shown = {key: value for key, value in _clean(event).items() if key not in meta}
    trouble = _places(exc_info)
    if trouble:
        shown["exception"] = trouble
    return {**shown, **meta}


def _renderer(log_format: str) -> Processor:
    if log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


def _tame_libraries() -> None:
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
    for name in _OWN_HANDLERS:
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True


def _is_hidden(key: str) -> bool:
    key = key.lower()
    if key in _SHOWN:
        return False
    return key in _HIDDEN_ALONE or key.rpartition("_")[2] in _HIDDEN


def _clean(value: Any) -> Any:
    """A value that can be shown: plain things as they are, numbers struck from strings, other objects by type only."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return _NUMBER.sub("[number]", value)
    if isinstance(value, Enum):
        return _clean(value.value)
    if isinstance(value, Mapping):
        return {_clean(str(key)): "[hidden]" if _is_hidden(str(key)) else _clean(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(one) for one in value]
    if isinstance(value, bool | int | float | type(None)):
        return value
    if isinstance(value, _PLAIN):
        return str(value)
    return f"<{type(value).__name__}>"


def _places(exc_info: Any) -> str:
    """Types, codes and places of an exception and its causes. Its words are left out: they may quote a family."""
    error = _error_of(exc_info)
    parts: list[str] = []
    while error is not None and len(parts) < 10:
        codes = [
            f"{name}={getattr(error, name)}" for name in _CODES if isinstance(getattr(error, name, None), int | str)
        ]
        frames = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ]
        parts.append(" ".join([type(error).__qualname__, *codes]) + "".join(f"\n  {frame}" for frame in frames))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nfrom ".join(parts)


def _error_of(exc_info: Any) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    return sys.exc_info()[1] if exc_info else None
