"""Somebody has taken the alert: calls that have not left are withdrawn, and whoever was told hears it that way."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col

from foster_bond.clock import FixedClock
from foster_bond.rules.mail_text import mail_text
from foster_bond.steps.hearing.acknowledge_alert import take_alert
from foster_bond.steps.hearing.dismiss_alert import dismiss_alert
from foster_bond.steps.hearing.escalate_alert import escalate_alerts
from foster_bond.steps.hearing.resolve_alert import resolve_alert
from foster_bond.steps.hearing.start_drill import start_drill
from foster_bond.steps.reading.read_alerts import read_alerts
from foster_bond.steps.sending._claiming import Senders, claim
from foster_bond.steps.sending.send_mails import send_mails
from foster_bond.store import channels
from foster_bond.store.staff import Staff
from tests.steps.hearing.conftest import EVENING, Line
from tests.steps.hearing.test_who_is_called import CAL, TOM, accept, called, phones, states, watch
from tests.steps.sending.test_send_mails import Postbox

MINUTE = timedelta(minutes=1)
HARBOR = "+13035550100"


def mailed_too(line: Line) -> None:
    """Everybody has a phone, Cal is on the rota, and mail is set up."""
    phones(line)
    watch(line, "cal")
    with line.store.write() as session:
        channels.set_up(session, channels.MAIL, True)


def leave(line: Line, at: datetime) -> list[str]:
    """Claim what is due as a sender does: the fixed texts that leave, in words."""
    senders = Senders(line.cast.harbor.agency_id, number=HARBOR)
    found = claim(line.store, senders, FixedClock(at), lease=MINUTE, room=50, paced=False)
    return [one.body for one in found.taken if one.kind == "staff_alert"]


def post(line: Line, at: datetime) -> list[tuple[str, str]]:
    """Send what mails are due: first name and subject of each."""
    postbox = Postbox()
    send_mails(line.store, postbox, FixedClock(at), public_url="https://harbor.example")
    return [(letter.to.partition("@")[0].split(".")[0], letter.subject) for letter in postbox.letters]


def alert_of(line: Line) -> str:
    return str(line.rows("SELECT id FROM alerts WHERE state <> 'resolved'")[0]["id"])


def says(words: str) -> str:
    return mail_text(words, "en", {"agency": "Harbor", "link": ""})[0]


def test_calls_of_a_taken_alert_that_have_not_left_are_withdrawn(line: Line) -> None:
    mailed_too(line)
    line.say("I want to die")
    alert_id = alert_of(line)
    take_alert(line.store, line.cast.mina.viewer, alert_id, EVENING + MINUTE)
    assert leave(line, EVENING + MINUTE) == [] and post(line, EVENING + MINUTE) == []
    texts = line.rows("SELECT state, reason FROM outbox_messages WHERE kind = 'staff_alert'")
    assert [row["state"] for row in texts] == ["cancelled", "cancelled"]
    assert {row["reason"] for row in texts} == {"Somebody had taken the alert before this left."}
    assert {(row["state"], row["overtaken"]) for row in line.rows("SELECT state, overtaken FROM mails")} == {
        ("expired", 1)
    }
    (row,) = read_alerts(line.store, line.cast.mina.viewer, EVENING + 2 * MINUTE).open
    assert row.told == ()  # nobody was told, and nothing failed


def test_a_call_that_speaks_for_another_alert_too_leaves(line: Line) -> None:
    mailed_too(line)
    line.say("I want to die")
    first = alert_of(line)
    line.say("quiero morir", EVENING, sender="+13035550171")  # a stranger; Cal's one text speaks for both
    take_alert(line.store, line.cast.mina.viewer, first, EVENING + MINUTE)
    assert len(leave(line, EVENING + MINUTE)) == 1  # Cal's; Mina's was for hers alone
    assert [who for who, _ in post(line, EVENING + MINUTE)] == ["cal"]


def test_a_new_text_of_the_same_trouble_calls_again_after_a_withdrawn_call(line: Line) -> None:
    mailed_too(line)
    line.say("I want to die")
    take_alert(line.store, line.cast.mina.viewer, alert_of(line), EVENING)
    leave(line, EVENING)
    post(line, EVENING)
    line.say("I have the pills here", EVENING + timedelta(seconds=20))  # within the same five minutes
    assert len(leave(line, EVENING + MINUTE)) == 2
    assert sorted(who for who, _ in post(line, EVENING + MINUTE)) == ["cal", "mina"]


def test_who_was_told_by_mail_alone_hears_by_mail_that_somebody_has_it(line: Line) -> None:
    watch(line, "lena")  # no phone
    with line.store.write() as session:
        session.connection().exec_driver_sql("UPDATE alerts SET state = 'resolved'")
        channels.set_up(session, channels.MAIL, True)
    line.say("I want to die")
    assert sorted(who for who, _ in post(line, EVENING)) == ["lena", "mina"]
    take_alert(line.store, line.cast.mina.viewer, alert_of(line), EVENING + MINUTE)
    assert post(line, EVENING + MINUTE) == [("lena", says("alert-taken"))]
    take_alert(line.store, line.cast.mina.viewer, alert_of(line), EVENING + 2 * MINUTE)  # pressed twice
    assert post(line, EVENING + 2 * MINUTE) == []


def test_a_call_that_is_on_its_way_is_followed_by_the_word_that_it_is_taken(line: Line) -> None:
    phones(line)
    watch(line, "cal")
    line.say("I want to die")
    assert len(leave(line, EVENING)) == 2  # at the carrier, without an answer yet
    take_alert(line.store, line.cast.mina.viewer, alert_of(line), EVENING)
    assert leave(line, EVENING) == ["Someone else has taken this Harbor alert. Nothing to do now. Thank you."]


def test_a_drills_end_is_marked_by_mail_too(line: Line) -> None:
    mailed_too(line)
    start_drill(line.store, line.cast.tom.viewer, EVENING)
    accept(line)
    assert post(line, EVENING) == [("cal", says("drill"))]
    escalate_alerts(line.store, EVENING + 15 * MINUTE)
    take_alert(line.store, line.cast.tom.viewer, alert_of(line), EVENING + 16 * MINUTE)
    assert post(line, EVENING + 16 * MINUTE) == [("cal", says("drill-taken"))]


def test_dismissed_at_once_the_others_hear_it_and_are_called_no_more(line: Line) -> None:
    mailed_too(line)
    line.say("I want to die")
    accept(line)
    dismiss_alert(line.store, line.cast.mina.viewer, alert_of(line), "figure", EVENING + MINUTE)
    assert [row["text_id"] for row in line.rows("SELECT text_id FROM outbox_messages WHERE text_id = 'ST4'")] == ["ST4"]
    assert post(line, EVENING + MINUTE) == []  # Cal's mail had not left: it is withdrawn


def test_closed_by_whoever_had_it_nobody_hears_twice(line: Line) -> None:
    mailed_too(line)
    line.say("I want to die")
    accept(line)
    alert_id = alert_of(line)
    take_alert(line.store, line.cast.mina.viewer, alert_id, EVENING + MINUTE)
    dismiss_alert(line.store, line.cast.mina.viewer, alert_id, "figure", EVENING + 2 * MINUTE)
    assert len(line.rows("SELECT id FROM outbox_messages WHERE text_id = 'ST4'")) == 1


def test_a_colleague_disabled_meanwhile_gets_no_text(line: Line) -> None:
    phones(line)
    watch(line, "cal")
    line.say("I want to die")
    assert called(line) == ["Mina", "Cal"]
    with line.store.write() as session:
        gone = update(Staff).where(col(Staff.id) == line.cast.cal.staff_id).values(disabled_at=EVENING)
        session.execute(gone)
    assert len(leave(line, EVENING)) == 1  # Mina's
    (row,) = line.rows("SELECT state, reason FROM outbox_messages WHERE staff_id = :cal AND kind = 'staff_alert'",
                       cal=line.cast.cal.staff_id)  # fmt: skip
    assert dict(row) == {"state": "suppressed", "reason": "This person was disabled after it was written."}


def test_the_on_call_line_is_not_called_for_what_somebody_has(line: Line) -> None:
    with line.store.write() as session:
        session.connection().exec_driver_sql("UPDATE staff SET phone = NULL, phone_bidx = NULL")
        session.connection().exec_driver_sql("UPDATE alerts SET state = 'resolved'")
    line.say("I want to die")
    take_alert(line.store, line.cast.mina.viewer, alert_of(line), EVENING)
    assert leave(line, EVENING) == []
    resolve_alert(line.store, line.cast.mina.viewer, alert_of(line), "Safe.", EVENING + MINUTE)
    line.say("I want to die", EVENING + 2 * MINUTE, sender=CAL)
    assert len(leave(line, EVENING + 2 * MINUTE)) == 1


def test_one_answer_that_takes_three_troubles_tells_a_colleague_once(line: Line) -> None:
    mailed_too(line)
    start_drill(line.store, line.cast.tom.viewer, EVENING)
    for sender in ("+13035550171", "+13035550172"):
        line.say("quiero morir", EVENING, sender=sender)
    escalate_alerts(line.store, EVENING + 15 * MINUTE)  # Cal and Tom know of all three
    accept(line)
    line.say("1", EVENING + 16 * MINUTE, sender=TOM)
    assert set(states(line)) == {"acknowledged"}
    told = line.rows("SELECT text_id FROM outbox_messages WHERE text_id IN ('ST4', 'DRILL-ST4')")
    assert [row["text_id"] for row in told] == ["ST4"]  # not "DRILL": two of them were real
    acts = line.rows("SELECT detail FROM audit_events WHERE act = 'take_alert' AND staff_id = :tom",
                     tom=line.cast.tom.staff_id)  # fmt: skip
    assert [row["detail"] for row in acts] == ["by text"] * 3
