"""Promise of the ground: no log line, ours or a library's, holds a family's words, names or numbers."""

import io
import json
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import structlog

from foster_bond.logs import redact, set_up_logs

CANARY = "my hamster Biscuit is in the canary cage"
NUMBERS = ["+13035550101", "+1 303 555 0101", "+1 (303) 555-0101", "(303) 555-0101", "303-555-0101", "13035550101"]


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """A JSON log, with the process's logging put back as it was."""
    root = logging.getLogger()
    kept, level = root.handlers, root.level
    written = io.StringIO()
    set_up_logs("json", written)
    yield written
    root.handlers = kept
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def lines_of(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@dataclass(frozen=True)
class Text:
    body: str


def test_an_event_keeps_its_name_and_ids(stream: io.StringIO) -> None:
    at = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
    member = "019aab1c-0000-7000-8000-123456789012"
    structlog.get_logger("foster_bond.steps").info("text_sent", member_id=member, from_state="sending", due_at=at, n=3)
    (line,) = lines_of(stream)
    assert line["event"] == "text_sent"
    assert line["member_id"] == member
    assert line["from_state"] == "sending"
    assert line["due_at"] == "2026-11-03 02:00:00+00:00"
    assert line["n"] == 3
    assert line["level"] == "info"
    assert line["logger"] == "foster_bond.steps"


@pytest.mark.parametrize(
    "key",
    [
        "body",
        "phone",
        "name",
        "text",
        "words",
        "to",
        "from_",
        "display_name",
        "Body",
        "reply_text",
        "auth_token",
        "url",
    ],
)
def test_a_telling_key_is_hidden_at_any_depth(stream: io.StringIO, key: str) -> None:
    structlog.get_logger().info("seen", **{key: CANARY}, nested=[{key: CANARY}])
    assert CANARY not in stream.getvalue()
    assert stream.getvalue().count("[hidden]") == 2


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_struck_from_any_string(stream: io.StringIO, number: str) -> None:
    structlog.get_logger().info("seen", why=f"no route to {number}.", ids=[number])
    logging.getLogger("some.library").warning("cannot reach %s", number)
    logging.getLogger("some.library").warning("GET /Messages.json?To=%s&x=1", number.replace("+", "%2B"))
    assert "555" not in stream.getvalue()
    assert stream.getvalue().count("[number]") == 4


def test_an_object_is_named_by_its_type_only(stream: io.StringIO) -> None:
    structlog.get_logger().info("seen", thing=Text(CANARY), raw=CANARY.encode())
    assert CANARY not in stream.getvalue()
    assert lines_of(stream)[0]["thing"] == "<Text>"


def test_an_exception_keeps_type_code_and_place_but_not_its_words(stream: io.StringIO) -> None:
    def fall() -> None:
        try:
            raise OSError(28, CANARY)
        except OSError as cause:
            raise ValueError(CANARY) from cause

    try:
        fall()
    except ValueError:
        structlog.get_logger().exception("step_failed", step="receive_text")
        logging.getLogger("some.library").exception("it broke")
    assert CANARY not in stream.getvalue()
    for line in lines_of(stream):
        assert "ValueError" in str(line["exception"])
        assert "OSError errno=28" in str(line["exception"])
        assert " fall" in str(line["exception"])


def test_libraries_that_write_addresses_are_quiet_below_warning(stream: io.StringIO) -> None:
    for name in ("twilio.http_client", "urllib3.connectionpool", "aiohttp.client", "sqlalchemy.engine.Engine"):
        logging.getLogger(name).info(CANARY)
    assert stream.getvalue() == ""


def test_warnings_of_libraries_go_the_same_way(stream: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn("odd number +13035550101", UserWarning, stacklevel=1)
    assert "555" not in stream.getvalue()
    assert lines_of(stream)[0]["logger"] == "py.warnings"


def test_gunicorn_is_routed_too(stream: io.StringIO) -> None:
    logger = logging.getLogger("gunicorn.access")
    logger.addHandler(logging.StreamHandler(io.StringIO()))
    logger.propagate = False
    set_up_logs("json", stream)
    logger.info("POST /hooks/twilio/inbound from +13035550101")
    assert lines_of(stream)[0]["event"] == "POST /hooks/twilio/inbound from [number]"


def test_the_console_form_is_redacted_as_well() -> None:
    root = logging.getLogger()
    kept, level = root.handlers, root.level
    written = io.StringIO()
    try:
        set_up_logs("console", written)
        structlog.get_logger().info("seen", body=CANARY, why="+13035550101", member_id="m1")
    finally:
        root.handlers = kept
        root.setLevel(level)
        logging.captureWarnings(False)
        structlog.reset_defaults()
    assert CANARY not in written.getvalue()
    assert "555" not in written.getvalue()
    assert "m1" in written.getvalue()


def test_times_ids_and_tallies_are_left_alone() -> None:
    plain = {
        "event": "tick",
        "id": "019aab1c-7f00-7000-8000-012345678901",
        "sid": "SM0123456789abcdef0123456789abcdef",
        "at": "2026-11-03T02:00:00.123456Z",
        "took": "0.1234567890",
        "error_code": 30007,
    }
    assert redact(None, "info", dict(plain)) == plain
