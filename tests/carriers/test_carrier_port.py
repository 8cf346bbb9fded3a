"""The order of carrier statuses, and the table of error numbers."""

from itertools import pairwise

import pytest

from foster_bond.carriers.carrier import FINAL, rank, supersedes
from foster_bond.carriers.twilio_codes import CODES, Effect, meaning

ON_THE_WAY = ["accepted", "queued", "sending", "sent"]


@pytest.mark.parametrize(("earlier", "later"), [*pairwise([*ON_THE_WAY, "delivered"])])
def test_a_text_only_moves_on(earlier: str, later: str) -> None:
    assert rank(earlier) < rank(later)
    assert supersedes(later, earlier)
    assert not supersedes(earlier, later)


@pytest.mark.parametrize("final", sorted(FINAL - {"undelivered"}))
def test_a_final_status_stays(final: str) -> None:
    assert not any(supersedes(new, final) for new in [*ON_THE_WAY, *FINAL])


def test_delivered_may_still_replace_undelivered_and_nothing_else_may() -> None:
    assert supersedes("delivered", "undelivered")
    assert not supersedes("failed", "undelivered")
    assert not supersedes("sent", "undelivered")
    assert not supersedes("undelivered", "delivered")


def test_a_word_that_the_carrier_has_not_told_us_about_changes_nothing() -> None:
    assert rank("teleported") == -1
    assert not supersedes("teleported", "sent")
    assert not supersedes("teleported", None)
    assert supersedes("sent", None)


def test_the_same_status_twice_is_one_status() -> None:
    assert not any(supersedes(status, status) for status in [*ON_THE_WAY, *FINAL])


@pytest.mark.parametrize(
    ("codes", "effect"),
    [
        ([21610], Effect.STOP_CONSENT),
        ([21211, 21614, 30003, 30005, 30006], Effect.NUMBER_BAD),
        ([30007, 30032, 30034], Effect.SENDER_PAUSED),
        ([20003, 20005], Effect.CREDENTIALS),
        ([20429, 21611], Effect.SLOW_DOWN),
        ([30008, 30036, 21612], Effect.OTHER),
    ],
)
def test_each_code_sets_off_what_the_design_says(codes: list[int], effect: Effect) -> None:
    assert {meaning(code).effect for code in codes} == {effect}


def test_every_code_has_one_plain_sentence_and_its_source() -> None:
    assert len(CODES) >= 30
    for code, entry in CODES.items():
        assert entry.code == code
        assert entry.sentence.endswith(".") and 20 < len(entry.sentence) <= 130
        assert entry.reference == f"https://www.twilio.com/docs/api/errors/{code}"
        assert not any(jargon in entry.sentence for jargon in ("10DLC", "A2P", "E.164", "MPS", "handset"))


def test_a_number_outside_the_table_still_has_a_sentence() -> None:
    assert "39999" in meaning(39999).sentence
    assert meaning(39999).effect is Effect.OTHER
    assert meaning(None).reference == ""
    assert meaning(None).sentence.endswith(".")
