"""Handed over, dismissed, drilled: what becomes of an alert, and what is learnt from it."""

from datetime import timedelta

import pytest

from foster_bond.errors import Conflict, InvalidInput, NotAllowed, NotYours
from foster_bond.steps.hearing.acknowledge_alert import take_alert
from foster_bond.steps.hearing.dismiss_alert import dismiss_alert
from foster_bond.steps.hearing.escalate_alert import escalate_alerts
from foster_bond.steps.hearing.hand_over_alert import hand_over_alert
from foster_bond.steps.hearing.resolve_alert import resolve_alert
from foster_bond.steps.hearing.start_drill import start_drill
from foster_bond.steps.keeping.remind_numbers import mark_numbers_checked, remind_numbers
from foster_bond.steps.reading.read_response_times import export_judged, read_response_times
from tests.steps.hearing.conftest import EVENING, Line
from tests.steps.hearing.test_who_is_called import TOM, accept, called, phones, states, watch

MINUTE = timedelta(minutes=1)


def raised(line: Line) -> str:
    """A cry for help that Mina and Cal have been told of; its id."""
    phones(line)
    watch(line, "cal")
    line.say("I want to die")
    accept(line)
    return str(line.rows("SELECT id FROM alerts WHERE state = 'notified'")[0]["id"])


def test_handed_over_it_calls_the_colleague_and_goes_on_until_they_take_it(line: Line) -> None:
    alert_id = raised(line)
    mina, tom = line.cast.mina.viewer, line.cast.tom
    with pytest.raises(Conflict):
        hand_over_alert(line.store, mina, alert_id, tom.staff_id, EVENING + MINUTE)
    take_alert(line.store, mina, alert_id, EVENING + MINUTE)
    assert hand_over_alert(line.store, mina, alert_id, tom.staff_id, EVENING + 20 * MINUTE) == 1
    assert called(line)[-1] == "Tom" and states(line) == ["notified"]
    assert escalate_alerts(line.store, EVENING + 21 * MINUTE)["called"] == 0  # nobody else is woken at once
    assert escalate_alerts(line.store, EVENING + 31 * MINUTE)["called"] > 0
    line.say("1", EVENING + 32 * MINUTE, sender=TOM)
    assert states(line) == ["acknowledged"]


def test_it_cannot_be_handed_to_whom_nothing_reaches(line: Line) -> None:
    alert_id = raised(line)
    take_alert(line.store, line.cast.mina.viewer, alert_id, EVENING + MINUTE)
    with pytest.raises(InvalidInput):
        hand_over_alert(line.store, line.cast.mina.viewer, alert_id, line.cast.lena.staff_id, EVENING + MINUTE)
    with pytest.raises(NotYours):
        hand_over_alert(line.store, line.cast.rex.viewer, alert_id, line.cast.rex.staff_id, EVENING + MINUTE)


def test_one_click_and_a_reason_dismiss_and_label_it(line: Line) -> None:
    alert_id = raised(line)
    with pytest.raises(InvalidInput):
        dismiss_alert(line.store, line.cast.mina.viewer, alert_id, "bored", EVENING + MINUTE)
    assert dismiss_alert(line.store, line.cast.mina.viewer, alert_id, "figure", EVENING + MINUTE) == 1
    with pytest.raises(Conflict):
        dismiss_alert(line.store, line.cast.mina.viewer, alert_id, "figure", EVENING + MINUTE)
    with pytest.raises(NotAllowed):
        export_judged(line.store, line.cast.mina.viewer, EVENING + MINUTE)
    lines = export_judged(line.store, line.cast.tom.viewer, EVENING + MINUTE).splitlines()
    assert "I want to die,en,none,none,yes,figure" in lines


def test_supervisors_see_how_fast_it_was(line: Line) -> None:
    alert_id = raised(line)
    take_alert(line.store, line.cast.mina.viewer, alert_id, EVENING + 4 * MINUTE)
    resolve_alert(line.store, line.cast.mina.viewer, alert_id, "Called, safe.", EVENING + 5 * MINUTE)
    times = read_response_times(line.store, line.cast.tom.viewer, EVENING + 10 * MINUTE)
    assert (times.taken_median, times.told_longest, times.never_taken) == (4 * MINUTE, timedelta(), times.alerts - 1)
    with pytest.raises(NotAllowed):
        read_response_times(line.store, line.cast.mina.viewer, EVENING)


class TestADrill:
    def test_it_runs_the_whole_ladder_and_every_text_says_so(self, line: Line) -> None:
        phones(line)
        watch(line, "cal")
        with pytest.raises(NotAllowed):
            start_drill(line.store, line.cast.mina.viewer, EVENING)
        _, people = start_drill(line.store, line.cast.tom.viewer, EVENING)
        assert people == 1
        with pytest.raises(Conflict):
            start_drill(line.store, line.cast.tom.viewer, EVENING)
        accept(line)
        escalate_alerts(line.store, EVENING + 15 * MINUTE)
        assert called(line) == ["Cal", "Cal", "Tom"]
        assert all(body.startswith("DRILL") and len(body) <= 160 for body in line.bodies("staff_alert"))
        line.say("1", EVENING + 16 * MINUTE, sender=TOM)
        assert line.rows("SELECT state FROM alerts WHERE drill") == [{"state": "acknowledged"}]

    def test_it_is_no_cry_for_help_in_any_count(self, line: Line) -> None:
        phones(line)
        before = line.rows("SELECT count(*) AS n FROM v_alert")
        start_drill(line.store, line.cast.tom.viewer, EVENING)
        assert line.rows("SELECT count(*) AS n FROM v_alert") == before

    def test_a_real_cry_is_not_carried_by_a_drills_text(self, line: Line) -> None:
        phones(line)
        watch(line, "cal")
        start_drill(line.store, line.cast.tom.viewer, EVENING)
        line.say("I want to die")
        real = [body for body in line.bodies("staff_alert") if not body.startswith("DRILL")]
        assert len(real) == 2  # Mina and Cal


def test_once_a_month_somebody_is_asked_to_check_the_numbers(line: Line) -> None:
    tom, day = line.cast.tom.viewer, timedelta(days=1)
    assert remind_numbers(line.store, EVENING)["reminded"] == 0
    assert remind_numbers(line.store, EVENING + 31 * day)["reminded"] == 2  # both agencies
    assert remind_numbers(line.store, EVENING + 32 * day - 8 * 60 * MINUTE)["reminded"] == 0
    mark_numbers_checked(line.store, tom, EVENING + 33 * day)
    assert len(line.rows("SELECT id FROM tasks WHERE kind = 'numbers' AND done_at IS NULL")) == 1
    assert remind_numbers(line.store, EVENING + 60 * day)["reminded"] == 1  # Elsewhere alone
