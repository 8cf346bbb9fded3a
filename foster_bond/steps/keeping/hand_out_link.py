"""Beside the river: a link that lets one member of staff set a password, once."""

from dataclasses import dataclass
from datetime import datetime

from foster_bond.errors import Conflict, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.steps.keeping._links import NewLink, new_link
from foster_bond.steps.keeping._people import may_run_people, person_of
from foster_bond.steps.passwords import hash_password, token_digest
from foster_bond.store import audit, staff
from foster_bond.store.open_store import Store
from foster_bond.store.session import Session

__all__ = ["LinkHolder", "NewLink", "holder_of_link", "make_link", "use_link"]


@dataclass(frozen=True, slots=True)
class LinkHolder:
    """Whom an unused link belongs to."""

    staff_id: str
    agency_id: str
    name: str
    email: str


def make_link(store: Store, *, viewer: Viewer, staff_id: str, now: datetime) -> NewLink:
    """A one-time link for a person; links made before stop working. Raises: NotAllowed, NotYours, Conflict."""
    may_run_people(viewer)
    with store.write() as session:
        person = person_of(session, viewer, staff_id)
        if person.disabled_at is not None:
            raise Conflict("This person's access has ended; give it back first.")
        audit.write(session, person.agency_id, "link_made", now, staff_id=viewer.by, subject=("staff", person.id))
        return new_link(session, person, now)


def holder_of_link(store: Store, *, token: str, now: datetime) -> LinkHolder | None:
    """Whom a link lets in; None where it was used, is too old or never was."""
    with store.read() as session:
        return _holder(session, token, now)


def use_link(store: Store, *, token: str, password: str, now: datetime) -> LinkHolder:
    """Set the password of the link's holder, once; every open sign-in of theirs ends.

    Raises: NotYours where the link is gone, InvalidInput where the password will not do (the link then still works).
    """
    if holder_of_link(store, token=token, now=now) is None:
        raise NotYours("link")  # before the hash: a made-up link must not cost us a quarter of a second
    password_hash = hash_password(password)
    with store.write() as session:
        holder = _holder(session, token, now)
        if holder is None or not staff.use_links(session, holder.agency_id, holder.staff_id, now):
            raise NotYours("link")
        person = staff.find(session, holder.agency_id, holder.staff_id)
        assert person is not None  # the holder was read from this row
        person.password_hash = password_hash
        staff.end_sessions(session, person.agency_id, person.id, now)
        audit.write(session, person.agency_id, "password_set", now, staff_id=person.id, subject=("staff", person.id))
        return holder


def _holder(session: Session, token: str, now: datetime) -> LinkHolder | None:
    found = staff.link_by_token(session, token_digest(token))
    if found is None or found[0].expires_at <= now or found[1].disabled_at is not None:
        return None
    return LinkHolder(found[1].id, found[1].agency_id, found[1].name, found[1].email)
