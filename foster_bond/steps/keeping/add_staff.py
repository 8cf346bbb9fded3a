"""Beside the river: the people of an agency: add them, change what they do, let them go."""

from dataclasses import dataclass
from datetime import datetime

from foster_bond.errors import Conflict, InvalidInput
from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.new_agency import email_address, person_name
from foster_bond.rules.phone_numbers import phone_number
from foster_bond.steps.keeping._links import NewLink, new_link
from foster_bond.steps.keeping._people import may_run_people, person_of
from foster_bond.steps.passwords import hash_password
from foster_bond.store import agencies, audit, families, staff
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Store
from foster_bond.store.session import Session
from foster_bond.store.staff import Staff


@dataclass(frozen=True, slots=True)
class StaffAdded:
    """The new person; `link` where they still have to choose a password."""

    staff_id: str
    email: str
    link: NewLink | None


def add_staff(
    store: Store,
    *,
    viewer: Viewer,
    email: str,
    name: str,
    role: str,
    now: datetime,
    phone: str | None = None,
    on_call: bool = False,
    password: str | None = None,
) -> StaffAdded:
    """A person who may sign in from now on, or with the link. Raises: NotAllowed, InvalidInput, Conflict."""
    may_run_people(viewer)
    problems: list[str] = []
    words = _checked(problems, email=email, name=name, role=role)
    password_hash = None
    if password is not None and not problems:
        password_hash = hash_password(password)
    if problems:
        raise InvalidInput(" ".join(problems), tuple(problems))
    with store.write() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        number = phone_number(phone, agency.country) if phone and phone.strip() else None
        if staff.by_email(session, words["email"]) is not None:
            raise Conflict(f"{words['email']} signs in here already; an address belongs to one person.")
        person = Staff(
            id=new_id(), agency_id=agency.id, email=words["email"], name=words["name"], role=words["role"],
            password_hash=password_hash, language=agency.language, on_call=on_call, created_at=now,
        )  # fmt: skip
        session.add(person)
        session.flush()
        _give_phone(session, store, person, number)
        audit.write(
            session, agency.id, "staff_added", now, staff_id=viewer.by, subject=("staff", person.id), detail=person.role
        )
        link = None if password_hash else new_link(session, person, now)
        return StaffAdded(person.id, person.email, link)


def change_staff(
    store: Store,
    *,
    viewer: Viewer,
    staff_id: str,
    now: datetime,
    name: str | None = None,
    role: str | None = None,
    phone: str | None = None,
    on_call: bool | None = None,
) -> None:
    """What is given is changed, the rest stays; an empty phone takes it away. A new role holds from the next page on.

    Raises: NotAllowed, NotYours, InvalidInput, Conflict.
    """
    may_run_people(viewer)
    with store.write() as session:
        agency = agencies.lock(session, viewer.agency_id)
        person = person_of(session, viewer, staff_id)
        changed = []
        if name is not None and person_name(name) != person.name:
            person.name = person_name(name)
            changed.append("name")
        if role is not None and _role(role) != person.role:
            _keep_an_admin(session, person, "make this person something else")
            person.role = _role(role)
            changed.append(f"role {person.role}")
        if phone is not None:
            _give_phone(session, store, person, phone_number(phone, agency.country) if phone.strip() else None)
            changed.append("phone")
        if on_call is not None and on_call != person.on_call:
            person.on_call = on_call
            changed.append("on call" if on_call else "off call")
        if changed:
            audit.write(
                session, agency.id, "staff_changed", now, staff_id=viewer.by, subject=("staff", person.id),
                detail=", ".join(changed),
            )  # fmt: skip


def disable_staff(store: Store, *, viewer: Viewer, staff_id: str, now: datetime) -> int:
    """End a person's access at once; how many of their sign-ins were open. Raises: NotAllowed, NotYours, Conflict."""
    may_run_people(viewer)
    with store.write() as session:
        agencies.lock(session, viewer.agency_id)
        person = person_of(session, viewer, staff_id)
        if person.disabled_at is not None:
            return 0
        _keep_an_admin(session, person, "end this access")
        person.disabled_at, person.on_call = now, False
        staff.use_links(session, person.agency_id, person.id, now)
        audit.write(session, person.agency_id, "staff_disabled", now, staff_id=viewer.by, subject=("staff", person.id))
        return staff.end_sessions(session, person.agency_id, person.id, now)


def enable_staff(store: Store, *, viewer: Viewer, staff_id: str, now: datetime) -> NewLink:
    """Let a person back in, with a link for a new password. Raises: NotAllowed, NotYours, Conflict."""
    may_run_people(viewer)
    with store.write() as session:
        person = person_of(session, viewer, staff_id)
        if person.phone_bidx is not None:
            _refuse_shared(session, person, person.phone_bidx)
        person.disabled_at, person.password_hash = None, None
        audit.write(session, person.agency_id, "staff_enabled", now, staff_id=viewer.by, subject=("staff", person.id))
        return new_link(session, person, now)


def _keep_an_admin(session: Session, person: Staff, act: str) -> None:
    if person.role == Role.ADMIN and person.disabled_at is None and staff.admins_left(session, person.agency_id) == 1:
        raise Conflict(f"This is the agency's last admin: name another one before you {act}.")


def _give_phone(session: Session, store: Store, person: Staff, number: str | None) -> None:
    staff.give_phone(session, store.vault, person, number)
    if number is None or person.phone_bidx is None:
        return
    agency = agencies.by_id(session, person.agency_id)
    if number == agencies.number_of(session, store.vault, agency, "sender"):
        raise Conflict(f"{number} is the agency's own number to text from.")
    _refuse_shared(session, person, person.phone_bidx)


def _refuse_shared(session: Session, person: Staff, phone_bidx: str) -> None:
    """A phone is a family's or a member of staff's: else an alert would reach whom it is about."""
    members = families.members_with_number(session, person.agency_id, phone_bidx)
    if any(member.left_at is None for member in members):
        raise Conflict("This phone belongs to a member of a family here, so it cannot be a member of staff's.")
    other = staff.by_phone(session, person.agency_id, phone_bidx)
    if other is not None and other.id != person.id:
        raise Conflict("This phone belongs to another member of staff.")


def _role(typed: str) -> str:
    try:
        return Role(typed.strip().lower()).value
    except ValueError:
        raise InvalidInput(f'"{typed.strip()[:40]}" is not a role; it is one of {", ".join(Role)}.') from None


def _checked(problems: list[str], *, email: str, name: str, role: str) -> dict[str, str]:
    readers = {"email": (email_address, email), "name": (person_name, name), "role": (_role, role)}
    words = {}
    for field, (read, typed) in readers.items():
        try:
            words[field] = read(typed)
        except InvalidInput as off:
            problems.extend(off.problems)
    return words
