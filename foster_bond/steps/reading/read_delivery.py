"""Store → delivery page: what waits, what is in doubt, how long hand-overs took, and what did not arrive."""

from datetime import datetime, time, timedelta

from foster_bond.errors import NotAllowed
from foster_bond.rules.access import Viewer
from foster_bond.rules.hand_over import hand_over
from foster_bond.rules.local_time import local_day, local_instant
from foster_bond.rules.page_values.delivery import DeliveryPage, PausedSender, ReasonRow, UnresolvedRow
from foster_bond.rules.page_values.frame import When
from foster_bond.rules.phone_numbers import spoken_number
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.spoken_time import when
from foster_bond.rules.states import Outbound
from foster_bond.store import agencies, delivery_facts, families, moment_facts, outbox, pauses
from foster_bond.store.agencies import Agency
from foster_bond.store.families import Family, Member
from foster_bond.store.open_store import Store
from foster_bond.store.outbox_rows import OutboxMessage
from foster_bond.store.session import Session

DAY, WEEK = timedelta(days=1), timedelta(days=7)
SHOWN = 100  # texts in doubt on one page; who decides one sees the next


def read_delivery(store: Store, viewer: Viewer, now: datetime) -> DeliveryPage:
    """The state of sending for the viewer's agency. Texts in doubt are shown to those who hold the family.

    Raises: NotAllowed.
    """
    if not viewer.sees_delivery:
        raise NotAllowed("delivery")
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        counts = delivery_facts.open_counts(session, agency.id)
        due, oldest = delivery_facts.due(session, agency.id, now)
        midnight = local_instant(local_day(now, agency.zone), time(), agency.zone)
        took = delivery_facts.handed_over(session, agency.id, now - DAY)
        return DeliveryPage(
            waiting=counts[Outbound.SCHEDULED],
            due_now=due,
            in_flight=counts[Outbound.SENDING],
            unknown=counts[Outbound.UNKNOWN],
            unresolved=_in_doubt(session, store, viewer, agency, now),
            in_doubt=delivery_facts.count_in_doubt(session, agency.id),
            sent_today=sum(1 for _, accepted in took if accepted >= midnight),
            oldest_due=None if oldest is None else _said(oldest, viewer, agency, now),
            oldest_seconds=0 if oldest is None else int((now - oldest).total_seconds()),
            hand_over=hand_over([accepted - could for could, accepted in took]),
            reasons=tuple(
                ReasonRow(state=state, why=why, count=many)
                for state, why, many in delivery_facts.not_arrived(session, agency.id, now - WEEK)
            ),
            paused=_paused(session, store, viewer, agency, now),
        )


def _said(at: datetime, viewer: Viewer, agency: Agency, now: datetime) -> When:
    return when(at, agency.zone, language=viewer.language, now=now)


def _paused(session: Session, store: Store, viewer: Viewer, agency: Agency, now: datetime) -> tuple[PausedSender, ...]:
    resting = pauses.in_force(session, now)
    sender = agencies.number_of(session, store.vault, agency, "sender")
    names = {pauses.CREDENTIALS: "", pauses.sender_key(agency.id): spoken_number(sender or "")[-4:]}
    return tuple(
        PausedSender(
            sender=name, why=resting[key].why, since=_said(resting[key].since, viewer, agency, now),
            may_resume=viewer.runs_people and key != pauses.CREDENTIALS,
        )
        for key, name in names.items()
        if key in resting
    )  # fmt: skip


def _in_doubt(
    session: Session, store: Store, viewer: Viewer, agency: Agency, now: datetime
) -> tuple[UnresolvedRow, ...]:
    found = delivery_facts.in_doubt(session, viewer, SHOWN)
    store.vault.warm_families(session, agency.id, [family.id for _, family, _ in found if family is not None])
    asked = moment_facts.last_moves(session, agency.id, [message.id for message, _, _ in found])
    return tuple(
        _row(session, store, viewer, agency, now, message, family, member, asked.get(message.id))
        for message, family, member in found
    )


def _row(
    session: Session, store: Store, viewer: Viewer, agency: Agency, now: datetime, message: OutboxMessage,
    family: Family | None, member: Member | None, asked: datetime | None,
) -> UnresolvedRow:  # fmt: skip
    zone = agency.zone if family is None else family.zone
    name = "" if family is None else plain_name(families.name_of(session, store.vault, family))
    who = "somebody" if member is None else plain_name(families.member_name(session, store.vault, member))
    return UnresolvedRow(
        message_id=message.id,
        family_id="" if family is None else family.id,
        family_name=name,
        member_name=who,
        kind=message.kind,
        text=outbox.body_of(session, store.vault, message),
        tried=when(message.claimed_at or message.due_at, zone, language=viewer.language, now=now),
        attempts=message.attempts,
        language=message.language,
        asked_carrier=None if asked is None else when(asked, zone, language=viewer.language, now=now),
    )
