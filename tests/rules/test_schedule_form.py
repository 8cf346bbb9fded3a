"""The sentence that is the form: what it says is read whole, and what is off is said beside its field."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.rules.agency_form import OffFields
from foster_bond.rules.pace import Batch, why_too_slow
from foster_bond.rules.pack_values import Audience, PackSchedule
from foster_bond.rules.polite_hours import PoliteHours
from foster_bond.rules.rule_fields import fields_of, rule_from
from foster_bond.rules.schedule_form import as_typed, read_schedule_form
from foster_bond.rules.schedule_record import from_record, to_record

TODAY = date(2026, 11, 2)
WORDS = PackSchedule(
    id="evenings", name="Evenings", audience=Audience(("foster_parent",), ("new",)), rule="FREQ=WEEKLY;BYDAY=MO,WE,FR",
    at=time(19), between=None, programme="own", starts=TODAY, nudge_after=timedelta(hours=20), nudge_from=time(17),
)  # fmt: skip
FIELDS = as_typed(WORDS, TODAY)


def read(**more: str) -> PackSchedule:
    typed = {name: value for name, value in (FIELDS | more).items() if value}
    return read_schedule_form(
        typed, key="evenings", hours=PoliteHours(), today=TODAY, programmes={"own": 3, "empty": 0}
    )


ONLY_SUNDAYS = {"unit": "week", "day_MO": "", "day_WE": "", "day_FR": "", "day_SU": "on"}
BEFORE_NOON = {"hour_kind": "between", "between_from": "09:00", "between_until": "10:30"}


def off(**more: str) -> dict[str, tuple[str, ...]]:
    with pytest.raises(OffFields) as wrong:
        read(**more)
    return wrong.value.by_field


def test_what_the_form_shows_is_what_it_reads() -> None:
    assert read() == WORDS


@pytest.mark.parametrize(
    ("more", "field", "said"),
    [
        ({"name": ""}, "name", "A name of at most 120 signs"),
        ({"role_foster_parent": "", "tags": ""}, "who", "nobody would be asked"),
        ({"day_MO": "", "day_WE": "", "day_FR": ""}, "days", "at least one day"),
        ({"every": "0"}, "every", "a whole number from 1 to 99"),
        ({"unit": "month", "month_days": "32"}, "month_days", "numbers from 1 to 31"),
        ({"unit": "rule", "rule": "FREQ=HOURLY"}, "rule", "at most once a day"),
        ({"unit": "rule", "rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rule", "never comes due"),
        ({"at": "25:00"}, "at", "not an hour"),
        ({"at": "21:30"}, "at", "polite hours are 09:00 to 20:00: at 21:30 nothing may leave"),
        (ONLY_SUNDAYS | {"at": "10:00"}, "at", "on Sundays texts leave from 12:00 on. Choose another hour"),
        (ONLY_SUNDAYS | BEFORE_NOON, "between_until", "on Sundays texts leave from 12:00 on"),
        ({"hour_kind": "between", "between_from": "18:00", "between_until": "21:00"}, "between_from", "inside them"),
        ({"hour_kind": "between", "between_from": "19:00", "between_until": "18:00"}, "between_until", "end after"),
        ({"end_kind": "on", "ends": "2026-11-01"}, "ends", "before the start"),
        ({"end_kind": "on", "ends": "tomorrow"}, "ends", "Write the day like"),
        ({"starts": "2026-10-01", "end_kind": "on", "ends": "2026-10-30"}, "ends", "That day has passed"),
        ({"end_kind": "after", "count": "none"}, "count", "After how many?"),
        ({"programme": "empty"}, "programme", "holds no questions yet"),
        ({"programme": "foreign"}, "programme", "Choose a programme"),
        ({"nudge_after": "48"}, "nudge_after", "closed question"),
        ({"nudge_until": "16:00"}, "nudge_until", "later than the hour"),
        ({"nudge_from": "20:00", "nudge_until": "22:00"}, "nudge_from", "09:00 to 20:00: at 20:00 nothing may leave"),
        ({"nudge_from": "", "nudge_until": "09:00"}, "nudge_until", "at 09:00 nothing may leave"),
        ({"closes_after": "never"}, "closes_after", "at most 720"),
        ({"send_within": "0"}, "send_within", "at most 2880"),
        ({"counted_from": "moon"}, "starts", "from when it counts"),
    ],
)  # fmt: skip
def test_what_is_off_is_said_beside_its_field(more: dict[str, str], field: str, said: str) -> None:
    found = off(**more)
    assert set(found) == {field} and said in " ".join(found[field])


def test_a_sunday_text_that_may_wait_for_noon_or_is_one_of_several_days_is_fine() -> None:
    for more in ({"at": "10:00", "send_within": "180"}, {"at": "10:00", "day_SA": "on"}, {"at": "12:00"}):
        assert read(**ONLY_SUNDAYS | more)


def test_several_problems_are_named_at_once() -> None:
    assert set(off(name="", at="9", programme="")) == {"name", "at", "programme"}


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=DAILY;COUNT=5", "FREQ=WEEKLY;BYDAY=MO,WE,FR",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;COUNT=12", "FREQ=MONTHLY;BYMONTHDAY=1,15,-1", "FREQ=MONTHLY;BYDAY=2TU",
        "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1", "FREQ=WEEKLY", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1",
        "FREQ=DAILY;UNTIL=20271231", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=SU",
    ],
)  # fmt: skip
def test_every_rule_survives_the_form(rule: str) -> None:
    assert rule_from(fields_of(rule)) == rule


@given(
    days=st.lists(st.sampled_from(["MO", "TU", "SU"]), min_size=1, max_size=3, unique=True),
    every=st.integers(1, 99), count=st.none() | st.integers(1, 5000),
)  # fmt: skip
def test_fields_and_rule_say_the_same(days: list[str], every: int, count: int | None) -> None:
    fields = {"unit": "week", "every": str(every), "end_kind": "never"} | {f"day_{day}": "on" for day in days}
    if count is not None:
        fields |= {"end_kind": "after", "count": str(count)}
    assert fields_of(rule_from(fields)) == fields


def test_a_version_keeps_every_word() -> None:
    assert from_record("evenings", to_record(WORDS)) == WORDS
    windowed = PackSchedule("w", "W", Audience(("teen",)), "FREQ=DAILY", None, (time(18), time(20)), "own")
    assert from_record("w", to_record(windowed)) == windowed


EVENING = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)  # 18:00 in Denver


@pytest.mark.parametrize(
    ("texts", "parts", "pace", "fits"),
    [(1200, 2, 6, True), (1800, 2, 6, True), (1801, 2, 6, False), (601, 1, 1, False), (600, 1, 1, True)],
)
def test_what_is_due_together_must_fit_its_window(texts: int, parts: int, pace: float, fits: bool) -> None:
    ten = Batch(EVENING, EVENING + timedelta(minutes=10), texts, parts)
    assert (why_too_slow([ten], pace, "America/Denver") is None) is fits


def test_the_arithmetic_is_said() -> None:
    batches = [Batch(EVENING, EVENING + timedelta(minutes=10), 1200, 2)]
    assert why_too_slow(batches, 3, "America/Denver") == (
        "1,200 texts of 2 parts between 18:00 and 18:10 need 800 s at 3 parts a second, and there are 600 s. "
        "Let them leave within a longer time, or spread them over several schedules."
    )


def test_two_batches_that_share_a_window_are_counted_together() -> None:
    def batch(minute: int) -> Batch:
        return Batch(EVENING + timedelta(minutes=minute), EVENING + timedelta(minutes=10), 400, 1)

    assert why_too_slow([batch(0)], 1, "America/Denver") is None
    assert why_too_slow([batch(0), batch(2)], 1, "America/Denver") is not None
