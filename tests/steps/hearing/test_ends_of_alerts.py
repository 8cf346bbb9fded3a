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
from foster_bond.steps.keeping.edit_duties import edit_duties
from foster_bond.steps.keeping.edit_numbers import change_number, check_number
from foster_bond.steps.keeping.note_look import note_look
from foster_bond.steps.keeping.remind_numbers import remind_numbers
from foster_bond.steps.keeping.write_note import write_note
from foster_bond.steps.reading.read_alerts import read_alerts
from foster_bond.steps.reading.read_frame import Surroundings, read_frame
from foster_bond.steps.reading.read_numbers import read_numbers
from foster_bond.steps.reading.read_response_times import export_judged, read_response_times
from foster_bond.steps.reading.read_timeline import read_family
from foster_bond.store import agency_numbers
from tests.steps.hearing.conftest import EVENING, Line
from tests.steps.hearing.test_who_is_called import CAL, TOM, accept, called, phones, states, watch

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


def test_taken_on_the_page_the_colleagues_who_were_told_hear_it(line: Line) -> None:
    alert_id = raised(line)  # Mina and Cal were told
    take_alert(line.store, line.cast.mina.viewer, alert_id, EVENING + MINUTE)
    told = line.rows("SELECT s.name FROM outbox_messages m JOIN staff s ON s.id = m.staff_id WHERE m.text_id = 'ST4'")
    assert [row["name"].split()[0] for row in told] == ["Cal"]
    take_alert(line.store, line.cast.mina.viewer, alert_id, EVENING + 2 * MINUTE)  # pressed twice
    assert len(line.rows("SELECT id FROM outbox_messages WHERE text_id = 'ST4'")) == 1


def test_the_end_of_a_drill_is_marked_too(line: Line) -> None:
    phones(line)
    watch(line, "cal")
    start_drill(line.store, line.cast.tom.viewer, EVENING)
    accept(line)
    escalate_alerts(line.store, EVENING + 15 * MINUTE)
    accept(line)
    line.say("1", EVENING + 16 * MINUTE, sender=TOM)
    found = line.rows("SELECT text_id FROM outbox_messages WHERE text_id IN ('ST3', 'DRILL-ST3', 'ST4', 'DRILL-ST4')")
    assert sorted(row["text_id"] for row in found) == ["DRILL-ST3", "DRILL-ST4"]
    assert all(body.startswith("DRILL. ") for body in line.bodies("keyword_reply"))


class TestWhoTookItMayReadTheFamily:
    def test_while_it_is_open_and_in_their_hands(self, line: Line) -> None:
        alert_id, cal, family_id = raised(line), line.cast.cal.viewer, line.cast.harbor.home.family_id
        with pytest.raises(NotYours):
            read_family(line.store, cal, family_id, EVENING)
        take_alert(line.store, cal, alert_id, EVENING + MINUTE)
        note_look(line.store, cal, family_id, EVENING + 2 * MINUTE)
        assert "Okafor" in read_family(line.store, cal, family_id, EVENING + 2 * MINUTE).name
        write_note(line.store, cal, family_id, "Called Grace.", EVENING + 3 * MINUTE, once_key="a")
        seen = line.rows("SELECT detail FROM audit_events WHERE act = 'open_family' AND staff_id = :cal",
                         cal=line.cast.cal.staff_id)  # fmt: skip
        assert seen == [{"detail": "for an alert they had taken"}]
        resolve_alert(line.store, cal, alert_id, "Safe with her aunt.", EVENING + 4 * MINUTE)
        with pytest.raises(NotYours):
            read_family(line.store, cal, family_id, EVENING + 5 * MINUTE)
        with pytest.raises(NotYours):
            write_note(line.store, cal, family_id, "Again.", EVENING + 5 * MINUTE, once_key="b")

    def test_it_goes_with_the_alert_that_is_handed_over(self, line: Line) -> None:
        alert_id, cal, family_id = raised(line), line.cast.cal.viewer, line.cast.harbor.home.family_id
        take_alert(line.store, cal, alert_id, EVENING + MINUTE)
        hand_over_alert(line.store, cal, alert_id, line.cast.mina.staff_id, EVENING + 2 * MINUTE)
        with pytest.raises(NotYours):
            read_family(line.store, cal, family_id, EVENING + 3 * MINUTE)

    def test_only_that_family_and_nobody_else(self, line: Line) -> None:
        alert_id, cal = raised(line), line.cast.cal.viewer
        take_alert(line.store, cal, alert_id, EVENING + MINUTE)
        with pytest.raises(NotYours):
            read_family(line.store, cal, line.cast.elsewhere.home.family_id, EVENING + MINUTE)
        with pytest.raises(NotYours):
            read_family(line.store, line.cast.rex.viewer, line.cast.harbor.home.family_id, EVENING + MINUTE)


class TestTheFrameSaysIt:
    def frame(self, line: Line, who: str, minutes: float) -> Surroundings:
        return read_frame(line.store, getattr(line.cast, who).viewer, EVENING + minutes * MINUTE)

    def test_who_is_told_next_and_when(self, line: Line) -> None:
        raised(line)  # at once Mina and Cal; after a quarter of an hour the supervisors
        banner = self.frame(line, "mina", 4).banner
        assert banner is not None and banner.next_told == "Tom is told in 11 minutes"
        for minute in (15, 30):
            escalate_alerts(line.store, EVENING + minute * MINUTE)
        late = self.frame(line, "mina", 35).banner
        assert late is not None and late.next_told.endswith("in 5 minutes")

    def test_an_hour_without_a_rota(self, line: Line) -> None:
        phones(line)
        assert self.frame(line, "mina", 0).unwatched
        watch(line, "cal")
        assert not self.frame(line, "mina", 0).unwatched

    def test_a_colleague_whose_phone_sent_stop(self, line: Line) -> None:
        phones(line)
        watch(line, "cal")
        line.say("STOP", sender=CAL)
        assert self.frame(line, "tom", 1).stopped == ("Cal Vale",) == self.frame(line, "cal", 1).stopped
        assert self.frame(line, "mina", 1).stopped == ()
        assert self.frame(line, "tom", 1).unwatched  # no mail is set up: nothing reaches Cal
        line.say("START", EVENING + MINUTE, sender=CAL)
        assert self.frame(line, "tom", 2).stopped == ()


class TestNumbers:
    DAY = timedelta(days=1)

    def named(self, line: Line) -> str:
        query = "SELECT why FROM tasks WHERE kind = 'numbers' AND done_at IS NULL AND agency_id = :id ORDER BY made_at"
        return "".join(row["why"] for row in line.rows(query, id=line.cast.harbor.agency_id))

    def test_once_a_month_somebody_is_asked_to_call_those_that_are_due(self, line: Line) -> None:
        tom = line.cast.tom.viewer
        assert remind_numbers(line.store, EVENING)["reminded"] == 0
        for name in ("phone", "oncall", "emergency", "crisis", "childhelp"):
            check_number(line.store, tom, name, EVENING + 20 * self.DAY)
        assert remind_numbers(line.store, EVENING + 31 * self.DAY)["reminded"] == 2  # both agencies
        assert "Poison help (1-800-222-1222)" in self.named(line) and "988" not in self.named(line)
        assert remind_numbers(line.store, EVENING + 31 * self.DAY + 8 * 60 * MINUTE)["reminded"] == 0
        for name in ("violence", "poison"):
            check_number(line.store, tom, name, EVENING + 32 * self.DAY)
        assert self.named(line)
        check_number(line.store, tom, "ncmec", EVENING + 32 * self.DAY)
        assert not self.named(line)  # the last one ends the task

    def test_a_changed_number_is_in_the_next_text_and_has_to_be_called(self, line: Line) -> None:
        ada = line.cast.ada.viewer
        for row in read_numbers(line.store, ada, EVENING).public:
            check_number(line.store, ada, row.name, EVENING)
        assert change_number(line.store, ada, "violence", "1-303-555-0177", EVENING)
        assert not change_number(line.store, ada, "violence", "1-303-555-0177", EVENING)
        rows = {row.name: row for row in read_numbers(line.store, ada, EVENING).public}
        assert rows["violence"].due and rows["violence"].own and not rows["poison"].due
        line.say("my husband has a gun and threatened us")
        assert any("1-303-555-0177" in body and "799-7233" not in body for body in line.bodies("crisis_reply"))
        acts = line.rows("SELECT act, detail FROM audit_events WHERE act = 'number_changed'")
        assert [row["detail"].split(":")[0] for row in acts] == ["violence"]
        assert change_number(line.store, ada, "violence", "", EVENING)

    def test_one_that_no_text_could_hold_is_refused_with_the_reason(self, line: Line) -> None:
        with pytest.raises(InvalidInput, match=r"text [A-Z0-9-]+ would be 1[6-9]\d signs long"):
            change_number(line.store, line.cast.ada.viewer, "emergency", "1 800 555 0177 000", EVENING)
        with pytest.raises(InvalidInput, match="digits"):
            change_number(line.store, line.cast.ada.viewer, "crisis", "call me", EVENING)
        with pytest.raises(NotAllowed):
            change_number(line.store, line.cast.tom.viewer, "crisis", "988", EVENING)
        with pytest.raises(NotYours):
            change_number(line.store, line.cast.ada.viewer, "sender", "988", EVENING)
        with pytest.raises(NotAllowed):
            check_number(line.store, line.cast.mina.viewer, "crisis", EVENING)

    def test_an_own_line_that_is_changed_has_to_be_called(self, line: Line) -> None:
        tom = line.cast.tom.viewer
        check_number(line.store, tom, "oncall", EVENING)
        with line.store.write() as session:
            agency_numbers.is_changed(session, line.cast.harbor.agency_id, "oncall", EVENING)
        (row,) = [one for one in read_numbers(line.store, tom, EVENING).lines if one.name == "oncall"]
        assert row.due and row.checked is None


def test_the_agencys_own_duties_stand_beside_the_alert(line: Line) -> None:
    raised(line)
    with pytest.raises(NotAllowed):
        edit_duties(line.store, line.cast.tom.viewer, {}, EVENING)
    with pytest.raises(InvalidInput):
        edit_duties(line.store, line.cast.ada.viewer, {"suicide": "x" * 601}, EVENING)
    assert edit_duties(line.store, line.cast.ada.viewer, {"suicide": "Call Ruth."}, EVENING) == ("suicide",)
    (row,) = read_alerts(line.store, line.cast.mina.viewer, EVENING + MINUTE).open
    assert row.duty == "Call Ruth."
    assert edit_duties(line.store, line.cast.ada.viewer, {}, EVENING) == ("suicide",)  # empty: ours again
    (row,) = read_alerts(line.store, line.cast.mina.viewer, EVENING + MINUTE).open
    assert row.duty.startswith("Call them now.")


class TestWhatIsOnlyToBeRead:
    def test_it_wakes_nobody_stops_nothing_and_is_due_within_a_working_day(self, line: Line) -> None:
        phones(line)
        watch(line, "cal")
        assert not line.say("she does not want to die, we talked about it").crisis  # Monday evening
        assert called(line) == [] and "CRISIS-SUICIDE" not in line.answers()
        (row,) = read_alerts(line.store, line.cast.mina.viewer, EVENING + MINUTE).open
        assert row.priority == "review" and row.due is not None and not row.late
        (row,) = read_alerts(line.store, line.cast.mina.viewer, EVENING + timedelta(days=3)).open
        assert row.late
        assert escalate_alerts(line.store, EVENING + timedelta(days=3)) == {"called": 0, "nobody": 0}

    def test_whoever_has_read_it_closes_it(self, line: Line) -> None:
        phones(line)
        line.say("she does not want to die, we talked about it")
        (row,) = read_alerts(line.store, line.cast.mina.viewer, EVENING + MINUTE).open
        resolve_alert(line.store, line.cast.mina.viewer, row.alert_id, "Read; talked with Grace.", EVENING + MINUTE)
        assert read_alerts(line.store, line.cast.mina.viewer, EVENING + MINUTE).open == ()
