"""The kept part of Twilio's description: unchanged, tightened where it must be, kept by our own answers."""

import tomllib
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from tests.loopback_carrier import ACCOUNT_SID, Ledger
from tests.loopback_carrier.description import KEPT, Description

AT = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
GOOD = {"To": ["+13035550101"], "From": ["+13035550100"], "Body": ["How was today?"], "ValidityPeriod": ["3600"]}


@pytest.fixture(scope="module")
def description() -> Description:
    return Description()


def test_what_is_kept_is_what_the_manifest_says() -> None:
    manifest = tomllib.loads((KEPT.parent / "MANIFEST.toml").read_text(encoding="utf-8"))
    kept = {entry["file"]: entry for entry in manifest["kept"]}
    assert kept.keys() == {"messages.json", "LICENSE"}
    for name, entry in kept.items():
        assert sha256((KEPT.parent / name).read_bytes()).hexdigest() == entry["sha256"]
        assert entry["licence"] == "MIT" and entry["version"] == "2.6.7"


def test_a_good_request_keeps_the_description(description: Description) -> None:
    assert description.problems_of_form(GOOD) == []
    service = {**GOOD, "MessagingServiceSid": ["MG" + "0" * 32], "StatusCallback": ["https://x.org/s?ref=1"]}
    del service["From"]
    assert description.problems_of_form(service) == []


@pytest.mark.parametrize(
    "change",
    [
        {"To": ["not-a-phone"]},
        {"To": ["3035550101"]},
        {"Body": [""]},
        {"Body": ["x" * 1601]},
        {"Body": None},
        {"From": None},
        {"From": ["Harbor"]},
        {"MessagingServiceSid": ["MG12"], "From": None},
        {"MessagingServiceSid": ["MG" + "0" * 32]},
        {"ValidityPeriod": ["0"]},
        {"ValidityPeriod": ["36001"]},
        {"ValidityPeriod": ["an hour"]},
        {"StatusCallback": ["/hooks/twilio/status"]},
        {"Bodi": ["typo"]},
        {"To": ["+13035550101", "+13035550102"]},
    ],
)
def test_what_twilio_refuses_is_refused(description: Description, change: dict[str, list[str] | None]) -> None:
    form = {name: values for name, values in {**GOOD, **change}.items() if values is not None}
    assert description.problems_of_form(form) != []


def test_our_answers_are_shaped_as_twilios(description: Description) -> None:
    ledger = Ledger()
    sent = ledger.accept({name: values[0] for name, values in GOOD.items()}, AT)
    texts = [
        sent,
        ledger.move(sent.sid, "undelivered", AT, 30003),
        ledger.receive("+13035550101", "+1303", "Ok", AT, 2),
    ]
    for text in texts:
        assert description.problems_of_answer(text.resource(ACCOUNT_SID)) == []
    assert description.problems_of_answer({"sid": 1}) != []
