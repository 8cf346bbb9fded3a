"""What the hearing steps share: a warning sign becomes an alert, notices to people and one fixed answer."""

import json
from datetime import timedelta

from foster_bond.rules.alert_ladder import FIRST
from foster_bond.rules.keywords import Meaning, stop_set_off_at_start
from foster_bond.rules.message_text import crisis_text_id
from foster_bond.rules.named_workers import named_in
from foster_bond.rules.states import AlertState, Consent
from foster_bond.rules.warning_signs import HARD_DAY, Sign, worst
from foster_bond.steps.hearing import _answers
from foster_bond.steps.hearing._calling import Team, call, call_the_line, team_of
from foster_bond.steps.hearing._heard import Heard
from foster_bond.store import agencies, alert_calls, alerts, families
from foster_bond.store.alerts import Alert
from foster_bond.store.ids import new_id
from foster_bond.store.sealing import Place

ONE_NOTICE = timedelta(minutes=5)  # texts of one cry for help come in a row: one notice speaks for those five minutes
SILENT_AT_HOME = frozenset({"violence", "abuse"})  # somebody else may be reading a teen's phone


def alarm(heard: Heard) -> Alert | None:
    """The alert of this text, told and answered; None where it shows no warning sign."""
    found = _crisis(heard)
    if found is None:
        return None
    category, priority, signs = found
    alert = _raise(heard, category, priority, signs)
    if priority == "now":
        _reply(heard, alert, told=_tell(heard, alert))
    return alert


def _crisis(heard: Heard) -> tuple[str, str, tuple[Sign, ...]] | None:
    if heard.failed_to_read:
        return "unclassified", "now", ()
    signs = tuple(sign for sign in heard.signs if sign.category != HARD_DAY)
    first = worst(signs)
    return None if first is None else (first.category, first.priority, signs)


def is_hard_day(heard: Heard) -> bool:
    """They called it hard: shown, stepped down, no alarm."""
    return any(sign.category == HARD_DAY for sign in heard.signs)


def stops_too(heard: Heard) -> bool:
    """A stop word is set off at the start of a text that shows danger: it is a stop as well (X3)."""
    return heard.reading.meaning is not Meaning.STOP and stop_set_off_at_start(heard.own_words)


def _raise(heard: Heard, category: str, priority: str, signs: tuple[Sign, ...]) -> Alert:
    alert_id = new_id()
    family_id = None if heard.family is None else heard.family.id
    spans = json.dumps([[sign.start, sign.end, sign.category, sign.pattern_id] for sign in signs])
    group = heard.open_alert.group_id if heard.open_alert is not None and priority == "now" else alert_id
    alert = Alert(
        id=alert_id, agency_id=heard.agency.id, inbound_id=heard.id, family_id=family_id,
        member_id=None if heard.member is None else heard.member.id, from_bidx=heard.bidx, group_id=group,
        category=category, priority=priority, raised_at=heard.now,
        spans=heard.vault.seal(heard.session, spans, Place("alerts", "spans", alert_id),
                               agency_id=heard.agency.id, family_id=family_id),
    )  # fmt: skip
    heard.session.add(alert)
    heard.session.flush()
    return alert


def _tell(heard: Heard, alert: Alert) -> bool:
    """Call the first people; True where somebody is on the rota now, so that the answer may say they are told."""
    team = team_of(heard.session, heard.vault, heard.agency, heard.now)
    alert.names_staff = sorted(_named(heard, team))
    named = frozenset(alert.names_staff)
    told = team.watch.has_rota(named)
    lately = alert_calls.told_lately(heard.session, heard.agency.id, alert.group_id, heard.now - ONE_NOTICE)
    if lately and not named:
        for one in lately:
            alert_calls.add(
                heard.session, alert, one.staff_id, heard.now, message_id=one.message_id, mail_id=one.mail_id
            )
        alerts.move(heard.session, alert, AlertState.NOTIFIED, heard.now)
        return told
    own = None if heard.family is None else heard.family.caseworker_id
    bucket = int(heard.now.timestamp() // ONE_NOTICE.total_seconds())
    people = team.circle(FIRST, own, named)
    for person in people:
        call(team, alert, person, "ST1", f"at {bucket}")
    if not people:
        call_the_line(team, alert, "ST1", f"at {bucket}")
    return told


def _named(heard: Heard, team: Team) -> frozenset[str]:
    """Which of the agency's people the text names; a name that somebody at home bears says nothing."""
    at_home = [families.member_name(heard.session, heard.vault, one) for one in heard.members]
    return named_in(heard.own_words, {one.id: one.name for one in team.by_id.values()}, at_home)


def _reply(heard: Heard, alert: Alert, *, told: bool) -> None:
    """The one answer to this open alert, in the person's language and safe to be seen where a phone is shared."""
    member = heard.member
    teen_in_danger = member is not None and member.role == "teen" and alert.category in SILENT_AT_HOME
    numbers = {
        name: agencies.number_of(heard.session, heard.vault, heard.agency, name) for name in ("hotline", "oncall")
    }
    stopping = heard.reading.meaning in (Meaning.STOP, Meaning.WRONG_NUMBER) or stops_too(heard)
    text_id = crisis_text_id(
        alert.category, told=told, hotline=bool(numbers["hotline"]), oncall=bool(numbers["oncall"]),
        neutral=teen_in_danger or (member is not None and member.shared_phone),
        stopped_now=stopping or heard.consent is Consent.STOPPED, country=heard.agency.country,
    )  # fmt: skip
    _answers.crisis_answer(heard, text_id, alert.id, alert.group_id)
