"""Store: who has left, or which placement has ended, and what staff decided should happen then."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, exists, select
from sqlmodel import Field, Session, col

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.departure import Why
from foster_bond.rules.kinds import MANNERS, Kind
from foster_bond.rules.placement_status import PlacementKind
from foster_bond.rules.states import Outbound
from foster_bond.store.base import Instant, Owned, link, one_of, own_key
from foster_bond.store.families import Family, Member, MemberRole, held_by, members_of
from foster_bond.store.outbox import OutboxMessage, stands
from foster_bond.store.placement_events import PlacementEvent


class Departure(Owned, table=True):
    """One person who left, or (no member) a whole placement that ended. Undone, it stays for the record."""

    __tablename__ = "departures"
    __table_args__ = own_key(
        link("family_id", "families"),
        link("member_id", "members"),
        link("event_id", "placement_events"),
        link("by_id", "staff"),
        link("decided_by", "staff"),
        link("undone_by", "staff"),
        one_of("why", Why),
        UniqueConstraint("agency_id", "event_id"),
        Index("ix_departures_family", "agency_id", "family_id", "at"),
    )
    family_id: str = Field(max_length=36)
    member_id: str | None = Field(default=None, max_length=36)
    event_id: str | None = Field(default=None, max_length=36)  # the move or ending, of a whole placement
    why: str = Field(max_length=10)
    at: Instant
    by_id: str | None = Field(default=None, max_length=36)  # None: the clock (somebody came of age), or a command
    decided_at: Instant | None = None  # None: every text has stopped, and staff have not said what should happen
    decided_by: str | None = Field(default=None, max_length=36)
    closing_note: bool = False
    aftercare: bool = False
    undone_at: Instant | None = None
    undone_by: str | None = Field(default=None, max_length=36)


def standing(session: Session, agency_id: str, family_ids: Collection[str]) -> list[Departure]:
    """What has not been undone about these families, the latest first."""
    query = select(Departure).where(
        col(Departure.agency_id) == agency_id,
        col(Departure.family_id).in_(family_ids),
        col(Departure.undone_at).is_(None),
    )
    return list(session.execute(query.order_by(col(Departure.at).desc(), col(Departure.id).desc())).scalars())


def every_of(session: Session, agency_id: str, family_id: str) -> list[Departure]:
    """Everything about one family, also what was undone, the oldest first."""
    query = select(Departure).where(col(Departure.agency_id) == agency_id, col(Departure.family_id) == family_id)
    return list(session.execute(query.order_by(col(Departure.at), col(Departure.id))).scalars())


def of_event(session: Session, agency_id: str, event_id: str) -> Departure | None:
    """What followed from one placement event, undone or not."""
    query = select(Departure).where(col(Departure.agency_id) == agency_id, col(Departure.event_id) == event_id)
    return session.execute(query).scalar_one_or_none()


def one_of_viewer(session: Session, viewer: Viewer, departure_id: str) -> Departure:
    """A departure that stands, of a family that the viewer holds, locked where the engine can. Raises: NotYours."""
    held = held_by(viewer).with_only_columns(col(Family.id))
    query = select(Departure).where(
        col(Departure.agency_id) == viewer.agency_id,
        col(Departure.id) == departure_id,
        col(Departure.undone_at).is_(None),
        col(Departure.family_id).in_(held),
    )
    found: Departure | None = session.execute(query.with_for_update()).scalar_one_or_none()
    if found is None:
        raise NotYours("departure")
    return found


def that_stands(session: Session, agency_id: str, departure_id: str) -> Departure | None:
    """One departure that has not been undone, locked where the engine can."""
    query = select(Departure).where(
        col(Departure.agency_id) == agency_id, col(Departure.id) == departure_id, col(Departure.undone_at).is_(None)
    )
    return session.execute(query.with_for_update()).scalar_one_or_none()


def with_notes_due(session: Session, since: datetime) -> list[Departure]:
    """Departures of every agency, decided after that instant, that want a closing note or aftercare."""
    query = select(Departure).where(
        col(Departure.decided_at) >= since,
        col(Departure.undone_at).is_(None),
        col(Departure.closing_note).is_(True),
    )
    return list(session.execute(query.order_by(col(Departure.decided_at), col(Departure.id))).scalars())


def waiting_texts(session: Session, departure: Departure) -> list[str]:
    """The texts about this placement, or to this person, that obey it and have not been handed over."""
    query = select(col(OutboxMessage.id)).where(
        col(OutboxMessage.agency_id) == departure.agency_id,
        col(OutboxMessage.family_id) == departure.family_id,
        stands(Outbound.SCHEDULED),
        col(OutboxMessage.kind).in_(_OBEYING),
    )
    if departure.member_id is not None:
        query = query.where(col(OutboxMessage.member_id) == departure.member_id)
    return list(session.execute(query).scalars())


_OBEYING = [kind.value for kind in Kind if MANNERS[kind].consent or kind is Kind.CONSENT_ASK]


def said_at(session: Session, agency_id: str, once_keys: Collection[str]) -> dict[str, datetime | None]:
    """Of these notes the ones that are written, each with when the carrier took it; None: it has not."""
    query = select(col(OutboxMessage.once_key), col(OutboxMessage.accepted_at)).where(
        col(OutboxMessage.agency_id) == agency_id, col(OutboxMessage.once_key).in_(once_keys)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def whole_of(session: Session, agency_id: str, family_id: str) -> Departure | None:
    """The departure that stands for the whole placement."""
    found = [one for one in standing(session, agency_id, [family_id]) if one.member_id is None]
    return found[0] if found else None


def open_elsewhere(session: Session, agency_id: str, numbers: Collection[str], family_id: str) -> set[str]:
    """Which of these numbers have somebody present in another family that is open: their texts go on."""
    query = (
        select(col(Member.to_bidx))
        .join(Family, (col(Family.agency_id) == col(Member.agency_id)) & (col(Family.id) == col(Member.family_id)))
        .where(
            col(Member.agency_id) == agency_id, col(Member.to_bidx).in_(numbers), col(Member.family_id) != family_id,
            col(Member.left_at).is_(None), col(Family.closed_at).is_(None),
        )
    )  # fmt: skip
    return set(session.execute(query).scalars())


def whose_questions_end(session: Session, row: Departure) -> list[Member]:
    """Whose questions end with this departure: nobody who left before, and no number whose texts go on elsewhere."""
    everybody = members_of(session, row.agency_id, row.family_id)
    if row.member_id is not None:
        people = [one for one in everybody if one.id == row.member_id]
        stay = {one.to_bidx for one in everybody if one.left_at is None}
        people = [one for one in people if one.to_bidx not in stay]
    else:
        people = [one for one in everybody if one.left_at is None]
    numbers = [one.to_bidx for one in people]
    going_on = open_elsewhere(session, row.agency_id, numbers, row.family_id)
    first = {one.to_bidx: one for one in reversed(people) if one.to_bidx not in going_on}
    return [one for one in people if first.get(one.to_bidx) is one]


def coming_of_age(session: Session, until: date) -> list[tuple[Member, Family]]:
    """Teens of every agency who take part and whose month has begun by that day."""
    query = (
        select(Member, Family)
        .join(Family, (col(Family.agency_id) == col(Member.agency_id)) & (col(Family.id) == col(Member.family_id)))
        .where(
            col(Member.role) == MemberRole.TEEN.value, col(Member.turns_18) <= until, col(Member.left_at).is_(None),
            col(Family.closed_at).is_(None),
        )
        .order_by(col(Member.id))
    )  # fmt: skip
    return [(row[0], row[1]) for row in session.execute(query)]


def over_without(session: Session, until: date) -> list[Family]:
    """Open families of every agency with a move or an ending by that day from which nothing has followed yet."""
    followed = exists().where(
        col(Departure.agency_id) == col(PlacementEvent.agency_id),
        col(Departure.event_id) == col(PlacementEvent.id),
        col(Departure.undone_at).is_(None),
    )
    over = exists().where(
        col(PlacementEvent.agency_id) == col(Family.agency_id),
        col(PlacementEvent.family_id) == col(Family.id),
        col(PlacementEvent.kind).in_([PlacementKind.MOVE.value, PlacementKind.ENDING.value]),
        col(PlacementEvent.removed_at).is_(None),
        col(PlacementEvent.day) <= until,
        ~followed,
    )
    query = select(Family).where(col(Family.closed_at).is_(None), over)
    return list(session.execute(query.order_by(col(Family.id))).scalars())
