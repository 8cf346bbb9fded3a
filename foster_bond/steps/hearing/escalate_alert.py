"""alert → staff: an alert that nobody has taken calls the next person, and goes on calling."""

from datetime import datetime, timedelta

from foster_bond.rules.access import Role
from foster_bond.rules.alert_ladder import Rung, rung_at
from foster_bond.rules.kinds import Kind
from foster_bond.rules.message_text import system_text
from foster_bond.store import agencies, alerts, families, outbox, staff
from foster_bond.store.alerts import Alert
from foster_bond.store.open_store import Session, Store
from foster_bond.store.sealing import Place
from foster_bond.store.staff import Staff

NOTICE_LIVES = timedelta(hours=24)
BATCH = 200


def escalate_alerts(store: Store, now: datetime) -> dict[str, int]:
    """How many calls were written for alerts that nobody has taken, and how many alerts have nobody to call."""
    tally = {"called": 0, "nobody": 0}
    with store.write() as session:
        for alert in alerts.waiting_for_somebody(session, BATCH):
            rung = rung_at(alert.raised_at, alert.first_notified_at, now)
            if rung is not None:
                _call(session, store, alert, rung, now, tally)
    return tally


def _call(session: Session, store: Store, alert: Alert, rung: Rung, now: datetime, tally: dict[str, int]) -> None:
    people = _circle(session, alert, rung)
    if not people:
        tally["nobody"] += 1
    for person in people:
        tally["called"] += _notice(session, store, alert, rung, person, now)


def _circle(session: Session, alert: Alert, rung: Rung) -> list[Staff]:
    """Everybody of this rung whom a text can reach."""
    everybody = [person for person in staff.of_agency(session, alert.agency_id) if person.disabled_at is None]
    own = families.caseworker_of(session, alert.agency_id, alert.family_id) if alert.family_id else None

    def is_called(person: Staff) -> bool:
        if rung.everyone or person.on_call or person.id == own:
            return True
        return rung.supervisors and person.role in (Role.SUPERVISOR.value, Role.ADMIN.value)

    return [person for person in everybody if person.phone is not None and is_called(person)]


def _notice(session: Session, store: Store, alert: Alert, rung: Rung, person: Staff, now: datetime) -> bool:
    assert person.phone is not None and person.phone_bidx is not None  # the circle holds nobody else
    agency = agencies.by_id(session, alert.agency_id)
    to = store.vault.open(session, person.phone, Place("staff", "phone", person.id))
    message = outbox.compose(
        session, store.vault, agency_id=agency.id, kind=Kind.STAFF_ALERT, to=to, to_bidx=person.phone_bidx,
        body=system_text("ST2", person.language, {"agency": agency.text_name}), now=now, due_at=now,
        not_after=now + NOTICE_LIVES, zone=agency.zone, alert_id=alert.id, staff_id=person.id,
        language=person.language, text_id="ST2", once_key=f"rung:{alert.group_id}:{person.id}:{rung.number}",
    )  # fmt: skip
    return message is not None
