"""Beside the river: who is who. A sign-in is a row of its own; the cookie holds a token, the row its digest."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.local_time import local_day
from foster_bond.steps.keeping._idle import IDLE
from foster_bond.steps.passwords import fits, hash_password, is_dated, new_token, token_digest
from foster_bond.store import agencies, audit, covers, staff
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Store
from foster_bond.store.session import Session
from foster_bond.store.staff import Staff, StaffSession

__all__ = [
    "FRESH",
    "IDLE",
    "PER_ACCOUNT",
    "PER_SOURCE",
    "WINDOW",
    "NotSignedIn",
    "SignedIn",
    "left_of",
    "session_of",
    "sign_in",
    "sign_out",
    "viewer_of",
]

FRESH = timedelta(seconds=20)  # activity is written at most this often: a page's small parts are no write each
WINDOW = timedelta(minutes=15)
PER_ACCOUNT, PER_SOURCE = 8, 40  # failures a window; an office of twenty behind one address must still get in
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """It is them. `token` goes into the cookie and nowhere else."""

    token: str
    viewer: Viewer


@dataclass(frozen=True, slots=True)
class NotSignedIn:
    """It is not them, or too often not. `wait` is set where trying again before then is in vain."""

    wait: timedelta | None = None


def sign_in(
    store: Store, *, email: str, password: str, source: str, now: datetime, replaces: str | None = None
) -> SignedIn | NotSignedIn:
    """A new sign-in, or the one answer for a wrong address, a wrong password and a disabled account alike.

    The attempt is counted before it is judged, so that many at once are no way round. `replaces` is the token that the
    browser holds already: it ends.
    """
    email = email.replace("\0", "").strip().lower()[:254]
    account = f"account:{store.vault.attempt_index('account', email)}"
    origin = f"source:{store.vault.attempt_index('source', source)}"
    wait = _count(store, email, (account, PER_ACCOUNT), (origin, PER_SOURCE), now)
    if wait is not None:
        return NotSignedIn(wait)
    with store.read() as session:
        person = staff.by_email(session, email)
    known = None if person is None or person.disabled_at is not None else person
    if not fits(None if known is None else known.password_hash, password) or known is None:
        return NotSignedIn()
    fresh_hash = hash_password(password) if is_dated(known.password_hash or "") else None
    return _admit(store, known, fresh_hash, (account, origin), replaces, now)


def session_of(store: Store, token: str, now: datetime, *, active: bool) -> Viewer | None:
    """Whose sign-in this is; None where it ended, was idle too long or never was.

    `active`: a person did something. A page that polls by itself is no activity and passes False.
    """
    digest = token_digest(token)
    with store.read() as session:
        found = staff.session_by_token(session, digest)
        if found is None:
            return None
        row, person = found
        if person.disabled_at is not None or now - row.active_at >= IDLE:
            return None
        viewer = viewer_of(person)
        if not viewer.sees_all_families:
            today = local_day(now, agencies.by_id(session, person.agency_id).zone)
            viewer = replace(viewer, covers=covers.covered_by(session, person.agency_id, person.id, today))
    if active and now - row.active_at >= FRESH:
        with store.write() as session:
            staff.touch_session(session, digest, now)
    return viewer


def left_of(store: Store, token: str, now: datetime) -> timedelta | None:
    """How long this sign-in lives on if nobody does anything; None where it has ended."""
    with store.read() as session:
        found = staff.session_by_token(session, token_digest(token))
    return None if found is None else max(found[0].active_at + IDLE - now, timedelta(0))


def sign_out(store: Store, *, token: str, now: datetime) -> None:
    """End one sign-in; nothing where it ended before."""
    with store.write() as session:
        _end(session, token, now)


def viewer_of(person: Staff) -> Viewer:
    """A member of staff as somebody who looks."""
    return Viewer(
        staff_id=person.id,
        agency_id=person.agency_id,
        role=Role(person.role),
        name=person.name,
        language=person.language,
    )


def _count(
    store: Store, email: str, account: tuple[str, int], origin: tuple[str, int], now: datetime
) -> timedelta | None:
    """Count this attempt; how long to wait where it is one too many."""
    waits = []
    with store.write() as session:
        staff.forget_old_attempts(session, now - KEPT)
        for key, most in sorted((account, origin)):  # one order of locks for all
            row = staff.count_attempt(session, key, now, WINDOW)
            if row.failed > most:
                waits.append(row.since + WINDOW - now)
            if key == account[0] and row.failed == most + 1:
                _note_closed(session, email, now)
    return max(waits, default=None)


def _note_closed(session: Session, email: str, now: datetime) -> None:
    """Noted when the door closes and not at each failure, so that a wrong password costs what a wrong address does."""
    person = staff.by_email(session, email)
    if person is not None:
        audit.write(session, person.agency_id, "sign_in_blocked", now, subject=("staff", person.id))


def _admit(
    store: Store,
    person: Staff,
    fresh_hash: str | None,
    counted: tuple[str, str],
    replaces: str | None,
    now: datetime,
) -> SignedIn | NotSignedIn:
    token = new_token()
    with store.write() as session:
        current = staff.find(session, person.agency_id, person.id)
        if current is None or current.disabled_at is not None or current.password_hash != person.password_hash:
            return NotSignedIn()  # disabled, or the password was changed, while we compared
        if fresh_hash is not None:
            current.password_hash = fresh_hash
        if replaces:
            _end(session, replaces, now)
        staff.forget_attempts(session, counted[0])
        staff.take_back_attempt(session, counted[1])
        row = StaffSession(
            id=new_id(), agency_id=current.agency_id, staff_id=current.id, token_hash=token_digest(token),
            created_at=now, active_at=now,
        )  # fmt: skip
        session.add(row)
        audit.write(session, current.agency_id, "signed_in", now, staff_id=current.id)
        return SignedIn(token, viewer_of(current))


def _end(session: Session, token: str, now: datetime) -> None:
    found = staff.session_by_token(session, token_digest(token))
    if found is not None:
        found[0].ended_at = now
        audit.write(session, found[0].agency_id, "signed_out", now, staff_id=found[0].staff_id)
