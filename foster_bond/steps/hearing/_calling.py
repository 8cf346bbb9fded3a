"""What the hearing steps share: whom an alert calls at this moment, and the notices that go to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond.rules.alert_ladder import Rung, called
from foster_bond.rules.kinds import Kind
from foster_bond.rules.local_time import local_day
from foster_bond.rules.message_text import system_text
from foster_bond.steps.on_watch import Watch, watch_of
from foster_bond.store import agencies, alert_calls, covers, mails, outbox, staff
from foster_bond.store.agencies import Agency
from foster_bond.store.alerts import Alert
from foster_bond.store.open_store import Session
from foster_bond.store.sealing import Vault
from foster_bond.store.staff import Staff

NOTICE_LIVES = timedelta(hours=24)
TAKEN_LIVES = timedelta(hours=1)
DRILL = {"en": "DRILL. ", "es": "SIMULACRO. "}  # before every text of a drill but ST5, which says so itself


@dataclass(frozen=True, slots=True)
class Team:
    """An agency's people as an alert finds them at one moment; only those whom a channel reaches."""

    session: Session
    vault: Vault
    agency: Agency
    now: datetime
    by_id: dict[str, Staff]
    watch: Watch

    def circle(self, rung: Rung, caseworker: str | None, named: frozenset[str]) -> list[Staff]:
        """Whom the rung calls, in order; who stands in for the family's worker today is called in their place."""
        people = called(rung, self.watch.colleagues, caseworker=self.worker(caseworker), named=named)
        return [self.by_id[one] for one in people]

    def worker(self, caseworker: str | None) -> str | None:
        """Whose family it is today: the worker's, or the one's who stands in for them."""
        if caseworker is None:
            return None
        today = local_day(self.now, self.agency.zone)
        return next(iter(covers.standing_in(self.session, self.agency.id, caseworker, today)), caseworker)


def team_of(session: Session, vault: Vault, agency: Agency, now: datetime) -> Team:
    """Everybody who still works there and whom a text or a mail can reach."""
    watch = watch_of(session, agency, now)
    return Team(
        session=session, vault=vault, agency=agency, now=now, by_id={one.id: one for one in watch.reached}, watch=watch
    )


def call(team: Team, alert: Alert, person: Staff, text_id: str, key: str, *, handed_over: bool = False) -> None:
    """Tell one person over every channel they have. A notice that has not left yet speaks for this alert too.

    `key` says which call this is; the same call is made once.
    """
    once = f"call:{alert.group_id}:{person.id}:{key}"
    message_id = _text(team, alert, person, text_id, once) if person.id in team.watch.texted else None
    mail_id = _mail(team, alert, person, text_id, once) if team.watch.mailed else None
    alert_calls.add(
        team.session, alert, person.id, team.now, message_id=message_id, mail_id=mail_id, handed_over=handed_over
    )


def call_the_line(team: Team, alert: Alert, text_id: str, key: str) -> bool:
    """Text the agency's on-call line, the last one left where no colleague can be reached. False where it has none.

    It is no person we know, so no answer to a family says that the team is told.
    """
    to = agencies.number_of(team.session, team.vault, team.agency, "oncall")
    if to is None:
        return False
    written = outbox.compose(
        team.session, team.vault, agency_id=team.agency.id, kind=Kind.STAFF_ALERT, to=to,
        to_bidx=team.vault.blind_index(team.agency.id, to), now=team.now, due_at=team.now,
        body=_words(team.agency, team.agency.language, text_id, drill=alert.drill),
        not_after=team.now + NOTICE_LIVES, zone=team.agency.zone, alert_id=alert.id, language=team.agency.language,
        text_id=f"DRILL-{text_id}" if alert.drill else text_id, once_key=f"line:{alert.group_id}:{key}",
    )  # fmt: skip
    return written is not None


def _text(team: Team, alert: Alert, person: Staff, text_id: str, once: str) -> str | None:
    """The id of the text: one that waits for this person already, or a new one."""
    name = f"DRILL-{text_id}" if alert.drill else text_id
    waiting = alert_calls.waiting_text(team.session, team.agency.id, person.id, drill=alert.drill)
    if waiting is not None:
        return waiting
    to = staff.phone_of(team.session, team.vault, person)
    assert to is not None and person.phone_bidx is not None  # `texted` holds nobody else
    message = outbox.compose(
        team.session, team.vault, agency_id=team.agency.id, kind=Kind.STAFF_ALERT, to=to, to_bidx=person.phone_bidx,
        body=_words(team.agency, person.language, text_id, drill=alert.drill), now=team.now, due_at=team.now,
        not_after=team.now + NOTICE_LIVES, zone=team.agency.zone, alert_id=alert.id, staff_id=person.id,
        language=person.language, text_id=name, once_key=once,
    )  # fmt: skip
    return message.id if message is not None else alert_calls.by_once_key(team.session, team.agency.id, once)


def _words(agency: Agency, language: str, text_id: str, *, drill: bool) -> str:
    mark = DRILL.get(language, DRILL["en"]) if drill and text_id != "ST5" else ""
    return mark + system_text(text_id, language, {"agency": agency.text_name})


def _mail(team: Team, alert: Alert, person: Staff, text_id: str, once: str) -> str:
    kinds = ("drill", "drill-again") if alert.drill else ("alert", "alert-again")
    waiting = mails.waiting_for(team.session, team.agency.id, person.id, kinds)
    if waiting is not None:
        return waiting
    return mails.compose(
        team.session, agency_id=team.agency.id, staff_id=person.id, kind=kinds[text_id == "ST2"], now=team.now,
        not_after=team.now + NOTICE_LIVES, once_key=once,
    )  # fmt: skip


def tell_the_others(team: Team, taken: Sequence[Alert], taken_by: str) -> int:
    """Tell everybody else that somebody has it, over each channel that had told them; how many notices were written.

    Whoever was told of several of these hears it once.
    """
    by_text, by_mail = alert_calls.told_over(team.session, team.agency.id, {one.group_id: one for one in taken})
    written = 0
    for person in team.by_id.values():
        if person.id == taken_by:
            continue
        if person.id in by_text and person.id in team.watch.texted:
            written += _text_taken(team, by_text[person.id], person, taken_by)
        if person.id in by_mail and team.watch.mailed:
            alert = by_mail[person.id]
            mails.compose(
                team.session, agency_id=team.agency.id, staff_id=person.id, kind="drill" if alert.drill else "alert",
                now=team.now, not_after=team.now + TAKEN_LIVES, once_key=_taken_key(alert, person, taken_by),
                says_taken=True,
            )  # fmt: skip
            written += 1
    return written


def _taken_key(alert: Alert, person: Staff, taken_by: str) -> str:
    return f"taken:{alert.id}:{taken_by}:{person.id}"


def _text_taken(team: Team, taken: Alert, person: Staff, taken_by: str) -> bool:
    to = staff.phone_of(team.session, team.vault, person)
    assert to is not None and person.phone_bidx is not None  # `texted` holds nobody else
    message = outbox.compose(
        team.session, team.vault, agency_id=team.agency.id, kind=Kind.STAFF_ALERT, to=to, to_bidx=person.phone_bidx,
        now=team.now, due_at=team.now, not_after=team.now + TAKEN_LIVES, zone=team.agency.zone,
        body=_words(team.agency, person.language, "ST4", drill=taken.drill), staff_id=person.id,
        language=person.language, text_id="DRILL-ST4" if taken.drill else "ST4",
        once_key=_taken_key(taken, person, taken_by),
    )  # fmt: skip
    return message is not None
