"""mails → mail server: the second channel to staff. Claimed and committed before the socket opens, settled after."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from foster_bond.carriers.mail_carrier import Letter, MailCarrier, Posted
from foster_bond.clock import Clock
from foster_bond.rules.mail_text import mail_text
from foster_bond.steps.sending._claiming import DISABLED, OVERTAKEN
from foster_bond.store import agencies, alert_calls, channels, mails, staff
from foster_bond.store.mails import Mail
from foster_bond.store.open_store import Session, Store

LEASE = timedelta(minutes=2)  # of product time; a mail whose process died is sent again: twice is better than never
BATCH = 20
AGAIN = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=1))  # the last one goes on


def send_mails(store: Store, carrier: MailCarrier | None, clock: Clock, *, public_url: str) -> dict[str, int]:
    """Hand over the mails that are due until none is left or the server is away; how many came to which end."""
    _note_set_up(store, carrier is not None)
    tally = {"accepted": 0, "later": 0, "failed": 0, "expired": 0, "overtaken": 0}
    with store.write() as session:
        tally["expired"] = mails.expire(session, clock.now())
    while carrier is not None:
        with store.write() as session:
            claimed = mails.claim(session, clock.now(), LEASE, BATCH)
            needed = _needed(session, claimed, clock.now())
            tally["overtaken"] += len(claimed) - len(needed)
            letters = [(one, _letter(session, one, public_url, clock.now())) for one in needed]
            tally["failed"] += _drop(session, [one for one, letter in letters if letter is None], clock.now())
        if not claimed:
            break
        leaving = [(mail, letter) for mail, letter in letters if letter is not None]
        if not leaving:
            continue
        posted = carrier.post([letter for _, letter in leaving])
        with store.write() as session:
            for (mail, _), outcome in zip(leaving, posted, strict=True):
                tally[_settle(session, mail, outcome, clock.now())] += 1
            _note(session, posted, clock.now())
        if not any(one.accepted for one in posted):
            break
    return tally


def _note_set_up(store: Store, is_there: bool) -> None:
    with store.read() as session:
        known = channels.everything(session).get(channels.MAIL)
    if known is None or known.is_set_up != is_there:
        with store.write() as session:
            channels.set_up(session, channels.MAIL, is_there)


def _needed(session: Session, claimed: Sequence[Mail], now: datetime) -> list[Mail]:
    """Those that still have to leave; a call whose alerts somebody has taken by now ends here."""
    overtaken = alert_calls.overtaken_mails(session, [one.id for one in claimed])
    for mail in (one for one in claimed if one.id in overtaken):
        mails.settle(session, mail, mails.EXPIRED, now, why=OVERTAKEN, overtaken=True)
    return [one for one in claimed if one.id not in overtaken]


def _drop(session: Session, gone: Sequence[Mail], now: datetime) -> int:
    for mail in gone:
        mails.settle(session, mail, mails.FAILED, now, why=DISABLED)
    return len(gone)


def _letter(session: Session, mail: Mail, public_url: str, now: datetime) -> Letter | None:
    """What is to leave; None where the person was disabled after it was written."""
    person = staff.find(session, mail.agency_id, mail.staff_id)
    assert person is not None  # the row is linked to them
    if person.disabled_at is not None:
        return None
    agency = agencies.by_id(session, mail.agency_id)
    fills: Mapping[str, str] = {"agency": agency.text_name, "link": f"{public_url}/alerts"}
    subject, body = mail_text(mail.words, person.language, fills)
    return Letter(mail.id, person.email, subject, body, now)


def _settle(session: Session, mail: Mail, outcome: Posted, now: datetime) -> str:
    if outcome.accepted:
        mails.settle(session, mail, mails.SENT, now)
        alert_calls.tell_by_mail(session, mail.id, now)
        return "accepted"
    if outcome.final:
        mails.settle(session, mail, mails.FAILED, now, why=outcome.why)
        return "failed"
    again = now + AGAIN[min(mail.tries, len(AGAIN)) - 1]
    mails.settle(session, mail, mails.WAITING, now, why=outcome.why, again_at=again)
    return "later"


def _note(session: Session, posted: list[Posted], now: datetime) -> None:
    """A server that answers works, even where it refuses one address."""
    away = [one for one in posted if not one.accepted and not one.final]
    took = len(away) < len(posted)
    channels.note(session, channels.MAIL, now, took=took, why=None if took else away[0].why)
