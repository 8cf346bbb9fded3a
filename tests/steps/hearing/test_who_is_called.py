"""Whom a cry for help calls: the family's worker, the rota at that hour, a supervisor; by text and by mail."""

from datetime import date, time, timedelta

import pytest

from foster_bond.steps.hearing.acknowledge_alert import take_alert
from foster_bond.steps.hearing.escalate_alert import escalate_alerts
from foster_bond.store import alert_calls, alerts, channels, rota
from foster_bond.store.families import Family
from foster_bond.store.outbox import OutboxMessage
from foster_bond.store.staff import Staff
from tests.steps.hearing.conftest import EVENING, Line
from tests.steps.hearing.test_receive_text import on_call

MINUTE = timedelta(minutes=1)
CAL, TOM, ADA = "+13035550141", "+13035550142", "+13035550143"


def phones(line: Line) -> None:
    """Everybody of Harbor has a phone; nobody is marked on call."""
    for name, phone in (("mina", "+13035550131"), ("cal", CAL), ("tom", TOM), ("ada", ADA)):
        on_call(line, name, phone)
    with line.store.write() as session:
        session.connection().exec_driver_sql("UPDATE staff SET on_call = false")
        session.connection().exec_driver_sql("UPDATE alerts SET state = 'resolved'")


def watch(line: Line, name: str, since: int = 0, until: int = 0) -> None:
    """One person on the rota every day between two hours."""
    with line.store.write() as session:
        for weekday in range(7):
            staff_id = getattr(line.cast, name).staff_id
            rota.add_shift(session, line.cast.harbor.agency_id, weekday, time(since), time(until), staff_id)


def called(line: Line) -> list[str]:
    """First names, in the order they were called."""
    found = line.rows("SELECT s.name FROM alert_calls c JOIN staff s ON s.id = c.staff_id ORDER BY c.at, c.id")
    return [str(row["name"]).split()[0] for row in found]


def mailed(line: Line) -> list[str]:
    found = line.rows("SELECT s.name FROM mails m JOIN staff s ON s.id = m.staff_id ORDER BY m.written_at, m.id")
    return [str(row["name"]).split()[0] for row in found]


def notices(line: Line) -> int:
    return len(line.rows("SELECT id FROM outbox_messages WHERE kind = 'staff_alert'"))


def accept(line: Line) -> None:
    """The carrier takes every notice that waits."""
    with line.store.write() as session:
        for row in line.rows("SELECT id FROM outbox_messages WHERE kind = 'staff_alert' AND accepted_at IS NULL"):
            message = session.get(OutboxMessage, row["id"])
            assert message is not None
            message.accepted_at, message.state = EVENING, "delivered"
            alert_calls.tell_by_text(session, message.id, EVENING)


def states(line: Line) -> list[str]:
    return [str(row["state"]) for row in line.rows("SELECT state FROM v_alert WHERE state <> 'resolved'")]


def test_the_familys_worker_first_then_who_is_on_the_rota_at_this_hour(line: Line) -> None:
    phones(line)
    watch(line, "cal", 18, 8)
    watch(line, "ada", 8, 18)
    line.say("I want to die")  # 8 pm
    assert called(line) == ["Mina", "Cal"]
    assert line.answers() == ["CRISIS-SUICIDE"]


def test_a_worker_on_leave_is_not_called(line: Line) -> None:
    phones(line)
    watch(line, "cal")
    with line.store.write() as session:
        today = date(2026, 11, 9)
        rota.add_leave(session, line.cast.harbor.agency_id, line.cast.mina.staff_id, today, today)
    line.say("I want to die")
    assert called(line) == ["Cal"]


def test_a_family_without_a_worker_reaches_the_rota(line: Line) -> None:
    phones(line)
    watch(line, "cal")
    with line.store.write() as session:
        family = session.get(Family, line.cast.harbor.home.family_id)
        assert family is not None
        family.caseworker_id = None
    line.say("I want to die")
    assert called(line) == ["Cal"]


def test_an_hour_without_a_rota_promises_nothing_and_calls_all_the_same(line: Line) -> None:
    phones(line)
    watch(line, "cal", 8, 18)
    line.say("I want to die")
    assert called(line) == ["Mina"]
    assert line.answers() == ["CRISIS-SUICIDE-U"]


def test_nobody_on_the_rota_and_no_worker_is_the_supervisors_at_once(line: Line) -> None:
    phones(line)
    line.say("quiero morir", sender="+13035550171")
    assert called(line) == ["Tom"]
    assert line.answers() == ["CRISIS-SUICIDE-U"]


def test_a_text_that_names_a_worker_goes_to_a_supervisor_first(line: Line) -> None:
    phones(line)
    watch(line, "mina")
    watch(line, "cal")
    line.say("mina choked me")
    assert called(line) == ["Tom"]
    escalate_alerts(line.store, EVENING + 15 * MINUTE)
    assert sorted(called(line)[1:]) == ["Cal", "Tom"]
    escalate_alerts(line.store, EVENING + 16 * MINUTE)
    assert "Mina" not in called(line)


def test_who_stopped_our_texts_is_not_counted_as_reached(line: Line) -> None:
    phones(line)
    watch(line, "cal")
    line.say("STOP", sender=CAL)
    line.say("I want to die", EVENING + MINUTE)
    assert called(line) == ["Mina"]
    assert line.answers()[-1] == "CRISIS-SUICIDE-U"


def test_mail_is_a_second_channel_and_reaches_who_has_no_phone(line: Line) -> None:
    watch(line, "lena")
    with line.store.write() as session:
        session.connection().exec_driver_sql("UPDATE alerts SET state = 'resolved'")
        channels.set_up(session, channels.MAIL, True)
    line.say("I want to die")
    assert mailed(line) == ["Mina", "Lena"] and notices(line) == 0
    assert line.answers() == ["CRISIS-SUICIDE"]
    with line.store.write() as session:
        alert_calls.tell_by_mail(session, line.rows("SELECT id FROM mails LIMIT 1")[0]["id"], EVENING + MINUTE)
    assert states(line) == ["notified"]


def test_the_next_person_each_time_until_there_is_nobody_left(line: Line) -> None:
    phones(line)
    line.say("I want to die")
    accept(line)
    seen = []
    for minutes in (15, 30, 40, 50, 60):
        before = len(called(line))
        escalate_alerts(line.store, EVENING + minutes * MINUTE)
        escalate_alerts(line.store, EVENING + minutes * MINUTE)  # a second clock at the same moment
        seen.append(set(called(line)[before:]))
        accept(line)
    everybody = {"Mina", "Tom", "Ada", "Cal"}
    assert seen == [{"Mina", "Tom"}, {"Mina", "Tom", "Ada"}, everybody, everybody, everybody]


class TestTextsOfOneTrouble:
    def test_one_notice_tells_them_all(self, line: Line) -> None:
        phones(line)
        for minute in range(4):
            line.say("I want to die", EVENING + minute * MINUTE)
        assert notices(line) == 1
        accept(line)
        assert states(line) == ["notified"] * 4

    def test_one_1_takes_them_all_and_the_others_hear_of_it(self, line: Line) -> None:
        phones(line)
        watch(line, "cal")
        line.say("I want to die")
        line.say("i have the pills here", EVENING + MINUTE)
        accept(line)
        line.say("1", EVENING + 2 * MINUTE, sender=CAL)
        assert states(line) == ["acknowledged"] * len(states(line))
        found = line.rows("SELECT s.name, m.text_id FROM outbox_messages m JOIN staff s ON s.id = m.staff_id "
                          "WHERE m.text_id = 'ST4'")  # fmt: skip
        assert [(row["name"], row["text_id"]) for row in found] == [("Mina Vale", "ST4")]

    @pytest.mark.parametrize("many", [40, pytest.param(500, marks=pytest.mark.long)])
    def test_many_at_once_are_a_few_texts_and_no_alert_is_left_out(self, line: Line, many: int) -> None:
        phones(line)
        watch(line, "cal")
        for number in range(many):
            line.say("I want to die", EVENING + timedelta(milliseconds=number), sender=f"+1303556{number:04d}")
        assert notices(line) <= 4
        accept(line)
        assert states(line) == ["notified"] * many
        tally = escalate_alerts(line.store, EVENING + 16 * MINUTE)
        assert tally == {"called": 2 * many, "nobody": 0} and notices(line) <= 8


def test_who_is_called_sees_the_alert_although_the_family_is_not_theirs(line: Line) -> None:
    phones(line)
    watch(line, "cal")
    viewer = line.cast.cal.viewer
    line.say("I want to die")
    with line.store.read() as session:
        found = alerts.open_seen_by(session, viewer, 10)
    assert [one.category for one in found] == ["suicide"]
    assert take_alert(line.store, viewer, found[0].id, EVENING + MINUTE) == 1


@pytest.mark.parametrize("mark", [True, False])
def test_an_agency_without_a_rota_follows_its_marks(line: Line, mark: bool) -> None:
    phones(line)
    with line.store.write() as session:
        cal = session.get(Staff, line.cast.cal.staff_id)
        assert cal is not None
        cal.on_call = mark
    line.say("I want to die")
    assert called(line) == (["Mina", "Cal"] if mark else ["Mina"])
