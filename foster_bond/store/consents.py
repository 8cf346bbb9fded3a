"""Store: what each number has agreed to, and the ledger of every change."""

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Index, UniqueConstraint, or_, select, update
from sqlmodel import Field, Session, col

from foster_bond.rules.states import CONSENT_MOVES, Consent, NoSuchMove
from foster_bond.store.base import Instant, Owned, one_of, own_key
from foster_bond.store.ids import new_id
from foster_bond.store.sealing import Place, Vault


class NumberConsent(Owned, table=True):
    """Where one number stands with one agency, over all its families."""

    __tablename__ = "consents"
    __table_args__ = own_key(UniqueConstraint("agency_id", "to_bidx"), one_of("state", Consent))
    to_bidx: str = Field(max_length=32)
    state: str = Field(max_length=10)
    since: Instant
    asked_at: Instant | None = None  # W0 leaves once ever
    welcomed_at: Instant | None = None  # set while W1 and W2 are on their way
    carrier_stopped: bool = False  # the carrier itself holds the stop: only its own words lift it
    number: bytes | None = None  # sealed; only of a number that a list of opt-outs named, which no member may have
    reconfirm_why: str | None = Field(default=None, max_length=10)  # silent | number | failing: N1 is due, or open
    reconfirm_asked_at: Instant | None = None  # N1 is open since then: prompts wait for its answer
    reconfirm_message_id: str | None = Field(default=None, max_length=36)  # the N1 that asked


class ConsentEvent(Owned, table=True):
    """One change of consent, with the words and the evidence behind it. Append-only."""

    __tablename__ = "consent_events"
    __table_args__ = own_key(
        one_of("from_state", Consent),
        one_of("to_state", Consent),
        Index("ix_consent_events_number", "agency_id", "to_bidx", "at"),
        Index("ix_consent_events_family", "agency_id", "family_id", "at"),
    )
    to_bidx: str = Field(max_length=32)
    family_id: str | None = Field(default=None, max_length=36)
    member_id: str | None = Field(default=None, max_length=36)
    from_state: str = Field(max_length=10)
    to_state: str = Field(max_length=10)
    at: Instant
    how: str = Field(max_length=40)  # text | recorded | asked | carrier | staff | silence
    words: bytes | None = None
    wording: str | None = Field(default=None, max_length=200)
    language: str | None = Field(default=None, max_length=2)
    given_on: date | None = None  # the day it was given, where a person recorded it
    evidence_id: str = Field(max_length=36)
    staff_id: str | None = Field(default=None, max_length=36)


def of_number(session: Session, agency_id: str, to_bidx: str) -> NumberConsent | None:
    query = select(NumberConsent).where(
        col(NumberConsent.agency_id) == agency_id, col(NumberConsent.to_bidx) == to_bidx
    )
    return session.execute(query).scalar_one_or_none()


def lock(session: Session, agency_id: str, to_bidx: str) -> None:
    """Hold a number's row until this transaction ends, and see it as it stands now."""
    query = select(NumberConsent).where(
        col(NumberConsent.agency_id) == agency_id, col(NumberConsent.to_bidx) == to_bidx
    )
    session.execute(query.with_for_update().execution_options(populate_existing=True)).scalar_one_or_none()


def state_of(session: Session, agency_id: str, to_bidx: str) -> Consent:
    """The state of a number; one that has no row has never been asked."""
    row = of_number(session, agency_id, to_bidx)
    return Consent.NONE if row is None else Consent(row.state)


def of_numbers(session: Session, agency_id: str, numbers: list[str]) -> dict[str, NumberConsent]:
    """Where many numbers stand, in one read; a number without a row is missing from it."""
    query = select(NumberConsent).where(
        col(NumberConsent.agency_id) == agency_id, col(NumberConsent.to_bidx).in_(numbers)
    )
    return {row.to_bidx: row for row in session.execute(query).scalars()}


def last_ways(session: Session, agency_id: str, numbers: list[str]) -> dict[str, str]:
    """How each of these numbers came to stand where it stands: by text, recorded on paper ..."""
    query = select(col(ConsentEvent.to_bidx), col(ConsentEvent.how)).where(
        col(ConsentEvent.agency_id) == agency_id, col(ConsentEvent.to_bidx).in_(numbers)
    )
    return dict(session.execute(query.order_by(col(ConsentEvent.at), col(ConsentEvent.id))).all())


def states_of(session: Session, agency_id: str, numbers: list[str]) -> dict[str, Consent]:
    """The states of many numbers in one read; a number without a row is missing from it."""
    query = select(col(NumberConsent.to_bidx), col(NumberConsent.state)).where(
        col(NumberConsent.agency_id) == agency_id, col(NumberConsent.to_bidx).in_(numbers)
    )
    return {number: Consent(state) for number, state in session.execute(query)}


def change(
    session: Session,
    vault: Vault,
    *,
    agency_id: str,
    to_bidx: str,
    to: Consent,
    at: datetime,
    how: str,
    evidence_id: str | None = None,
    said: str | None = None,
    wording: str | None = None,
    given_on: date | None = None,
    language: str | None = None,
    family_id: str | None = None,
    member_id: str | None = None,
    staff_id: str | None = None,
) -> ConsentEvent | None:
    """The ledger's new event, or None where the number already stood there.

    Two writers cannot both move it: the update names the state it read. Raises: NoSuchMove.
    """
    row = of_number(session, agency_id, to_bidx)
    if row is None:
        row = NumberConsent(agency_id=agency_id, to_bidx=to_bidx, state=Consent.NONE, since=at)
        session.add(row)
        session.flush()
    before = Consent(row.state)
    if before is to:
        return None
    if to not in CONSENT_MOVES[before]:
        raise NoSuchMove(f"consent {before} -> {to}")
    moved = cast(
        CursorResult[object],
        session.execute(
            update(NumberConsent)
            .where(col(NumberConsent.id) == row.id, col(NumberConsent.state) == before.value)
            .values(state=to.value, since=at, **_NOT_ASKED_AGAIN)
            .execution_options(synchronize_session="fetch")
        ),
    )
    if moved.rowcount != 1:
        raise NoSuchMove(f"consent {before} was moved by another writer")
    return _note(
        session, vault, said, agency_id=agency_id, to_bidx=to_bidx, family_id=family_id, member_id=member_id,
        from_state=before.value, to_state=to.value, at=at, how=how, wording=wording, language=language,
        given_on=given_on, evidence_id=evidence_id, staff_id=staff_id,
    )  # fmt: skip


def confirm(
    session: Session, vault: Vault, *, agency_id: str, to_bidx: str, at: datetime, how: str, said: str | None = None,
    family_id: str | None = None, **more: Any,
) -> ConsentEvent:  # fmt: skip
    """The ledger's new event where an active number said once more that it wants the texts: the state stays."""
    _set(session, agency_id, to_bidx, **_NOT_ASKED_AGAIN)
    active = Consent.ACTIVE.value
    return _note(
        session, vault, said, agency_id=agency_id, to_bidx=to_bidx, family_id=family_id, from_state=active,
        to_state=active, at=at, how=how, **more,
    )  # fmt: skip


_NOT_ASKED_AGAIN: dict[str, Any] = {
    "reconfirm_why": None, "reconfirm_asked_at": None, "reconfirm_message_id": None
}  # fmt: skip


def _note(
    session: Session, vault: Vault, said: str | None, *, agency_id: str, family_id: str | None,
    evidence_id: str | None = None, **values: Any,
) -> ConsentEvent:  # fmt: skip
    """One line more in the ledger; without other evidence it is its own."""
    event_id = new_id()
    sealed = None if said is None else vault.seal(
        session, said, Place("consent_events", "words", event_id), agency_id=agency_id, family_id=family_id
    )  # fmt: skip
    event = ConsentEvent(
        id=event_id, agency_id=agency_id, family_id=family_id, words=sealed, evidence_id=evidence_id or event_id,
        **values,
    )  # fmt: skip
    session.add(event)
    session.flush()
    return event


def ask_again(session: Session, agency_id: str, to_bidx: str, why: str) -> bool:
    """True where this active number is to be asked once more whether it wants the texts, and was not so before."""
    done = cast(
        CursorResult[object],
        session.execute(
            update(NumberConsent)
            .where(
                col(NumberConsent.agency_id) == agency_id,
                col(NumberConsent.to_bidx) == to_bidx,
                col(NumberConsent.state) == Consent.ACTIVE.value,
                col(NumberConsent.reconfirm_why).is_(None),
            )
            .values(reconfirm_why=why)
            .execution_options(synchronize_session="fetch")
        ),
    )
    return done.rowcount == 1


def keep_number(session: Session, vault: Vault, agency_id: str, to_bidx: str, number: str) -> None:
    """Seal the number of a stop that no member has, so that the agency's list can name it."""
    row = of_number(session, agency_id, to_bidx)
    if row is not None:
        place = Place("consents", "number", row.id)
        row.number = vault.seal(session, number, place, agency_id=agency_id, family_id=None)


def number_of(session: Session, vault: Vault, row: NumberConsent) -> str:
    """The number that a list of opt-outs named; empty where none did."""
    return "" if row.number is None else vault.open(session, row.number, Place("consents", "number", row.id))


def stopped_of(session: Session, agency_id: str) -> list[NumberConsent]:
    """Every number of the agency that has stopped, the first one first."""
    query = select(NumberConsent).where(
        col(NumberConsent.agency_id) == agency_id, col(NumberConsent.state) == Consent.STOPPED.value
    )
    return list(session.execute(query.order_by(col(NumberConsent.since), col(NumberConsent.id))).scalars())


def on_hold(session: Session) -> list[NumberConsent]:
    """Every number of every agency that may have meant to stop, the longest waiting first."""
    query = select(NumberConsent).where(col(NumberConsent.state) == Consent.HOLD.value)
    return list(session.execute(query.order_by(col(NumberConsent.since), col(NumberConsent.id))).scalars())


def ledger_of(session: Session, agency_id: str, to_bidx: str) -> list[ConsentEvent]:
    """Every change of one number, over all its families, the oldest first."""
    query = select(ConsentEvent).where(col(ConsentEvent.agency_id) == agency_id, col(ConsentEvent.to_bidx) == to_bidx)
    return list(session.execute(query.order_by(col(ConsentEvent.at), col(ConsentEvent.id))).scalars())


def was_ever_active(session: Session, agency_id: str, to_bidx: str) -> bool:
    """True where this number has agreed to texts before, whatever came after."""
    query = select(col(ConsentEvent.id)).where(
        col(ConsentEvent.agency_id) == agency_id, col(ConsentEvent.to_bidx) == to_bidx,
        or_(col(ConsentEvent.to_state) == Consent.ACTIVE.value, col(ConsentEvent.from_state) == Consent.ACTIVE.value),
    )  # fmt: skip
    return session.execute(query.limit(1)).first() is not None


def newest_event(session: Session, agency_id: str, to_bidx: str) -> ConsentEvent | None:
    """The newest change of this number, whole."""
    query = select(ConsentEvent).where(col(ConsentEvent.agency_id) == agency_id, col(ConsentEvent.to_bidx) == to_bidx)
    query = query.order_by(col(ConsentEvent.at).desc(), col(ConsentEvent.id).desc())
    return session.execute(query.limit(1)).scalar_one_or_none()


def words_of(session: Session, vault: Vault, event: ConsentEvent) -> str:
    """The exact words behind a change; empty where there were none."""
    return "" if event.words is None else vault.open(session, event.words, Place("consent_events", "words", event.id))


def welcomed(session: Session, agency_id: str, to_bidx: str) -> None:
    """W1 and W2 have been accepted: prompts need not wait for them any more."""
    _set(session, agency_id, to_bidx, welcomed_at=None)


def carrier_holds_stop(session: Session, agency_id: str, to_bidx: str) -> None:
    """The carrier itself blocks this number: only its own words lift that."""
    _set(session, agency_id, to_bidx, carrier_stopped=True)


def _set(session: Session, agency_id: str, to_bidx: str, **values: object) -> None:
    session.execute(
        update(NumberConsent)
        .where(col(NumberConsent.agency_id) == agency_id, col(NumberConsent.to_bidx) == to_bidx)
        .values(**values)
        .execution_options(synchronize_session="fetch")
    )


def last_event(session: Session, agency_id: str, to_bidx: str) -> str:
    """The id of the newest change of this number."""
    query = (
        select(col(ConsentEvent.id))
        .where(col(ConsentEvent.agency_id) == agency_id, col(ConsentEvent.to_bidx) == to_bidx)
        .order_by(col(ConsentEvent.at).desc(), col(ConsentEvent.id).desc())
    )
    found: str = session.execute(query.limit(1)).scalar_one()
    return found
