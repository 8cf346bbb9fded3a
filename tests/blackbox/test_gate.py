"""The gate from outside: nights, Sundays, caps, the night when the clocks go back, and hours in which nothing ran."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.blackbox.conftest import SQLITE_FIRST
from tests.blackbox.driver import Product, Row, Running, instant, wait_for
from tests.blackbox.harbor import BEN, GRACE, NORA, PACK, ROSA
from tests.blackbox.views import look_over

Harbor = Callable[[str, str], Product]

SUNDAYS = (
    PACK.partition("[[schedules]]")[0]
    + """\
[[schedules]]
id = "bb-sunday"
name = "Sunday before noon"
audience = ["kin_carer"]
rule = "FREQ=WEEKLY;BYDAY=SU"
at = "11:30"
programme = "bb-evenings"
send_within = "120m"
"""
)


def utc(day: int, hour: int, minute: int = 0, second: int = 1, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


def slot(product: Product, ref: str, day: str, schedule: str = "bb-daily") -> Row | None:
    found = product.rows(
        "SELECT o.* FROM v_occurrence o JOIN v_enrolment e ON e.id = o.enrolment_id "
        "JOIN v_member m ON m.id = e.member_id WHERE m.ref = ? AND e.schedule_id = ?",
        ref, schedule,
    )  # fmt: skip
    return next((row for row in found if str(row["local_date"]) == day), None)


def becomes(product: Product, ref: str, day: str, state: str, schedule: str = "bb-daily") -> Row:
    """The slot, once it stands so."""

    def there() -> Row | None:
        found = slot(product, ref, day, schedule)
        return found if found is not None and found["state"] == state else None

    return wait_for(there, f"the slot of {ref} on {day} is {state}")


def carried(product: Product, number: str, many: int) -> list[str]:
    """The bodies that went to a number, once there are so many and no more."""
    wait_for(lambda: len(product.carried.bodies(number)) >= many, f"{many} texts to {number}")
    product.settle()
    bodies = product.carried.bodies(number)
    assert len(bodies) == many, bodies
    return bodies


def prompt_of(product: Product, ref: str, day: str) -> Row:
    return next(row for row in product.outbound(ref, "prompt") if f":{day}:" in row["occurrence_key"])


@pytest.mark.parametrize("engine", SQLITE_FIRST)
def test_ten_days_in_which_nothing_leaves_at_the_wrong_hour(harbor: Harbor, engine: str) -> None:
    product = harbor(engine, "twilio")
    product.does("load", product.file("sundays.toml", SUNDAYS), "--agency", "harbor")
    clock = a_night_wakes_nobody(product)
    four_evenings_are_the_most_of_a_week(product)
    a_sunday_begins_at_noon(product)
    seven_o_clock_stays_seven_o_clock(product)
    assert clock.stop() < 15
    what_was_missed_is_not_sent_late(product)
    nobody_was_woken(product)
    look_over(product)


def a_night_wakes_nobody(product: Product) -> Running:
    product.go_to(utc(27, 4))  # 22:00 in Denver, midnight in New York
    clock = product.start("clock")
    waiting = wait_for(lambda: [row for row in product.outbound("M-GRACE") if row["reason"]], "the gate has said why")
    assert {row["state"] for row in waiting} == {"scheduled"} and "polite" in waiting[0]["reason"].lower()
    missed = becomes(product, "M-GRACE", "2026-10-26", "expired")  # 19:00 passed while nothing ran
    assert missed["why"]
    assert product.carried.sent() == []

    product.go_to(utc(27, 13))  # 9:00 in New York, 7:00 in Denver
    carried(product, ROSA, 2)
    assert product.carried.bodies(GRACE) == product.carried.bodies(NORA) == []
    product.go_to(utc(27, 15))
    for number, many in ((GRACE, 2), (BEN, 2), (NORA, 1)):
        carried(product, number, many)
    return clock


def four_evenings_are_the_most_of_a_week(product: Product) -> None:
    for number, day in enumerate((28, 29, 30, 31), start=1):  # 19:00 in Denver is 1:00 UTC of the day after
        product.go_to(utc(day, 1))
        becomes(product, "M-GRACE", f"2026-10-{day - 1}", "written")
        carried(product, GRACE, 2 + number)
    prompts = [row["prompt_id"] for row in product.outbound("M-GRACE", "prompt")]
    assert prompts == ["BB1", "BB2", "BB3", "BB4"]
    product.go_to(utc(1, 1, month=11))
    wait_for(lambda: (slot(product, "M-GRACE", "2026-10-31") or {}).get("why"), "the cap says why")
    held = slot(product, "M-GRACE", "2026-10-31")
    assert held is not None and "seven days" in held["why"] and held["state"] != "written"


def a_sunday_begins_at_noon(product: Product) -> None:
    product.go_to(utc(1, 16, 31, month=11))  # 11:31 in New York, an hour later in UTC than the day before
    product.open_doors("web")
    product.text_in(GRACE, "He hummed at the sink.")  # else four unanswered prompts would rest her for a week
    before = len(product.carried.bodies(ROSA))
    wait_for(lambda: (slot(product, "M-ROSA", "2026-11-01", "bb-sunday") or {}).get("why"), "Sunday morning says why")
    assert len(product.carried.bodies(ROSA)) == before
    product.go_to(utc(1, 17, month=11))
    becomes(product, "M-ROSA", "2026-11-01", "written", "bb-sunday")
    carried(product, ROSA, before + 1)


def seven_o_clock_stays_seven_o_clock(product: Product) -> None:
    product.go_to(utc(4, 1, month=11))  # Tuesday 18:00 in Denver: 19:00 by the hour of the week before
    many = len(product.carried.bodies(GRACE))
    planned = becomes(product, "M-GRACE", "2026-11-03", "planned")
    assert instant(planned["due_at"]) == utc(4, 2, second=0, month=11)
    product.go_to(utc(4, 2, month=11))
    becomes(product, "M-GRACE", "2026-11-03", "written")
    carried(product, GRACE, many + 1)
    row = prompt_of(product, "M-GRACE", "2026-11-03")
    assert timedelta(0) <= instant(row["claimed_at"]) - utc(4, 2, second=0, month=11) < timedelta(seconds=15)


def what_was_missed_is_not_sent_late(product: Product) -> None:
    many = len(product.carried.bodies(GRACE))
    product.go_to(utc(6, 2, 30, month=11))  # Thursday 19:30, half an hour into its own window
    product.start("clock")
    assert becomes(product, "M-GRACE", "2026-11-04", "expired")["why"]
    becomes(product, "M-GRACE", "2026-11-05", "written")
    carried(product, GRACE, many + 1)
    row = prompt_of(product, "M-GRACE", "2026-11-05")
    assert row["prompt_id"] == "BB6"
    assert instant(row["claimed_at"]) < instant(row["not_after"]) <= utc(6, 3, second=0, month=11)
    assert product.outbound("M-NORA", "prompt") == [] and len(product.carried.bodies(NORA)) == 1


def nobody_was_woken(product: Product) -> None:
    """Every text that the carrier took came inside polite hours on its own wall."""
    offsets = {GRACE: (-6, -7), BEN: (-6, -7), NORA: (-6, -7), ROSA: (-4, -5)}
    for text in product.carried.sent():
        taken = datetime.fromisoformat(text.created_at)
        summer, winter = offsets[text.to]
        local = taken + timedelta(hours=winter if taken >= datetime(2026, 11, 1, 8, tzinfo=UTC) else summer)
        opens = 12 if local.weekday() == 6 else 9
        assert opens <= local.hour < 20, text
        assert text.validity is not None
        assert local + timedelta(seconds=text.validity) <= local.replace(hour=20, minute=0, second=1, microsecond=0)
