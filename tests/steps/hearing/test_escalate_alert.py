"""An alert keeps calling until a person takes it."""

from datetime import timedelta

from foster_bond.rules.access import Role
from foster_bond.steps.hearing.escalate_alert import escalate_alerts
from tests.steps.hearing.conftest import EVENING, Line
from tests.steps.hearing.test_receive_text import on_call

MINUTE = timedelta(minutes=1)


def called(line: Line) -> list[tuple[str, str]]:
    """Who has been written to, and with which text."""
    found = line.rows(
        "SELECT s.role, m.text_id FROM outbox_messages m JOIN staff s ON s.id = m.staff_id "
        "WHERE m.kind = 'staff_alert' ORDER BY m.created_at, m.id"
    )
    return [(str(row["role"]), str(row["text_id"])) for row in found]


def test_the_supervisor_at_fifteen_everyone_at_thirty_then_every_ten(line: Line) -> None:
    on_call(line)
    on_call(line, "tom", "+13035550132")
    with line.store.write() as session:
        session.connection().exec_driver_sql(f"UPDATE staff SET on_call = false WHERE id = '{line.cast.tom.staff_id}'")
        session.connection().exec_driver_sql("UPDATE alerts SET state = 'resolved'")
    line.say("I want to die")
    with line.store.write() as session:
        session.connection().exec_driver_sql("UPDATE alerts SET first_notified_at = raised_at WHERE priority = 'now'")
    assert called(line) == [(Role.CASEWORKER, "ST1")]
    assert escalate_alerts(line.store, EVENING + 14 * MINUTE)["called"] == 0
    escalate_alerts(line.store, EVENING + 15 * MINUTE)
    escalate_alerts(line.store, EVENING + 16 * MINUTE)
    assert called(line)[1:] == [(Role.SUPERVISOR, "ST2")]  # Mina's first notice has not left yet: it speaks for this
    assert escalate_alerts(line.store, EVENING + 30 * MINUTE)["called"] == 2
    assert escalate_alerts(line.store, EVENING + 40 * MINUTE)["called"] == 2
    line.say("1", EVENING + 41 * MINUTE, sender="+13035550132")
    assert escalate_alerts(line.store, EVENING + 60 * MINUTE)["called"] == 0


def test_a_notice_that_no_channel_took_is_said_again_after_a_minute(line: Line) -> None:
    on_call(line)
    line.say("he has a gun and threatened us")
    assert escalate_alerts(line.store, EVENING + MINUTE / 2)["called"] == 0
    assert escalate_alerts(line.store, EVENING + MINUTE)["called"] == 1


def test_with_no_colleague_to_call_the_on_call_line_hears_it_again(line: Line) -> None:
    line.say("I want to die")
    assert escalate_alerts(line.store, EVENING + 40 * MINUTE) == {"called": 1, "nobody": 0}
