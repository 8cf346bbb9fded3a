"""What the keeping steps share: a one-time link, made inside the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond.steps.passwords import new_token, token_digest
from foster_bond.store import staff
from foster_bond.store.ids import new_id
from foster_bond.store.session import Session
from foster_bond.store.staff import OneTimeLink, Staff

LINK_LIVES = timedelta(hours=72)  # over a weekend, and no longer


@dataclass(frozen=True, slots=True)
class NewLink:
    """A fresh link. `token` is shown now and kept nowhere."""

    staff_id: str
    name: str
    email: str
    token: str
    until: datetime


def new_link(session: Session, person: Staff, now: datetime) -> NewLink:
    """A link inside the caller's transaction; the person's other links are used up."""
    staff.use_links(session, person.agency_id, person.id, now)
    token, until = new_token(), now + LINK_LIVES
    link = OneTimeLink(
        id=new_id(), agency_id=person.agency_id, staff_id=person.id, token_hash=token_digest(token), made_at=now,
        expires_at=until,
    )  # fmt: skip
    session.add(link)
    return NewLink(person.id, person.name, person.email, token, until)
