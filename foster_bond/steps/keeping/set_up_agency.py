"""Before the river begins: an agency, its data key, its first admin, and the shipped library as its own."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from foster_bond import library
from foster_bond.errors import Conflict, InvalidInput
from foster_bond.library import LibraryProgramme, LibraryPrompt
from foster_bond.rules.access import Role
from foster_bond.rules.new_agency import NewAgency
from foster_bond.steps.passwords import hash_password, new_password
from foster_bond.store import agencies, audit, prompts, staff
from foster_bond.store.agencies import Agency
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Store
from foster_bond.store.prompts import Programme, Prompt, PromptState
from foster_bond.store.sealing import Vault
from foster_bond.store.session import Session
from foster_bond.store.staff import Staff


@dataclass(frozen=True, slots=True)
class AgencyMade:
    """The new agency. `password` is set only where it was made here: it is shown once and kept nowhere."""

    agency_id: str
    slug: str
    text_name: str
    admin_email: str
    sender: str
    password: str | None
    prompts: int
    programmes: int


def set_up_agency(
    store: Store,
    *,
    agency: NewAgency,
    now: datetime,
    password: str | None = None,
    carrier_sender: str | None = None,
    simulated: bool = False,
) -> AgencyMade:
    """An agency that may send at once.

    `carrier_sender` is the settings' own number: it goes to the first agency where none is named. `simulated`: no text
    leaves this machine, so an agency without a number gets a fictional one.
    Raises: InvalidInput, Conflict.
    """
    made_here = None if password is not None else new_password()
    password_hash = hash_password(password if password is not None else made_here or "")
    with store.write() as session:
        store.vault.adopt(session)
        if agencies.by_slug(session, agency.slug) is not None:
            raise Conflict(f'There is an agency "{agency.slug}" already; choose another --slug.')
        if staff.by_email(session, agency.admin_email) is not None:
            raise Conflict(f"{agency.admin_email} signs in to an agency here already; an address signs in to one only.")
        sender = _sender(session, store.vault, agency, carrier_sender, simulated)
        row = _agency_row(session, store.vault, agency, sender, now)
        admin = _admin_row(session, row, agency.admin_email, password_hash, now)
        counted = _copy_library(session, row, now)
        audit.write(session, row.id, "agency_set_up", now, subject=("staff", admin.id), detail=f"slug {row.slug}")
        return AgencyMade(
            row.id, row.slug, row.text_name, admin.email, sender, made_here, counted[0], counted[1]
        )  # fmt: skip


def _sender(session: Session, vault: Vault, agency: NewAgency, carrier_sender: str | None, simulated: bool) -> str:
    sender = agency.sender
    if sender is None and agencies.first(session) is None:
        sender = carrier_sender
    if sender is None and simulated:
        sender = next((number for number in _fictional() if agencies.by_sender(session, vault, number) is None), None)
    if sender is None:
        raise InvalidInput("The agency needs a number of its own to text from: give it with --sender.")
    if agencies.by_sender(session, vault, sender) is not None:
        raise Conflict(f"{sender} is the number of another agency here; each agency texts from its own.")
    return sender


def _fictional() -> Iterator[str]:
    """Numbers that are set aside for stories; this area code is not the one our made-up families use."""
    return (f"+120255501{number:02d}" for number in range(100))


def _agency_row(session: Session, vault: Vault, agency: NewAgency, sender: str, now: datetime) -> Agency:
    row = Agency(
        id=new_id(), slug=agency.slug, name=agency.name, text_name=agency.text_name, zone=agency.zone,
        country=agency.country, created_at=now, closed_days=[],
    )  # fmt: skip
    session.add(row)
    session.flush()
    vault.new_key(session, row.id)
    numbers = {"sender": sender, "phone": agency.phone, "oncall": agency.oncall, "hotline": agency.hotline}
    for which, number in numbers.items():
        agencies.give_number(session, vault, row, which, number)
    return row


def _admin_row(session: Session, agency: Agency, email: str, password_hash: str, now: datetime) -> Staff:
    name = " ".join(email.partition("@")[0].replace(".", " ").replace("_", " ").split()).title()
    admin = Staff(
        id=new_id(), agency_id=agency.id, email=email, name=name or email, role=Role.ADMIN, created_at=now,
        password_hash=password_hash, language=agency.language,
    )  # fmt: skip
    session.add(admin)
    session.flush()
    return admin


def _copy_library(session: Session, agency: Agency, now: datetime) -> tuple[int, int]:
    """Prompts and programmes as the agency's own rows, which it may change or retire."""
    own_prompts = [_prompt_row(agency, prompt, now) for prompt in library.prompts().values()]
    own_programmes = [_programme_row(agency, programme) for programme in library.programmes().values()]
    prompts.add_all(session, [*own_prompts, *own_programmes])
    return len(own_prompts), len(own_programmes)


def _prompt_row(agency: Agency, prompt: LibraryPrompt, now: datetime) -> Prompt:
    return Prompt(
        id=new_id(), agency_id=agency.id, key=prompt.id, technique=prompt.technique, level=prompt.level,
        target=prompt.target, reply=prompt.reply, roles=list(prompt.roles), texts=dict(prompt.texts),
        state=PromptState.APPROVED, source="library", approved_at=now,
    )  # fmt: skip


def _programme_row(agency: Agency, programme: LibraryProgramme) -> Programme:
    """The table as slots, and what a programme lead must know as facts; both stay readable without the library."""
    slots = [
        {"week": week.week} | {name: value for name, value in asdict(slot).items() if value is not None}
        for week in programme.weeks
        for slot in week.slots
    ]
    facts = {name: value for name, value in asdict(programme).items() if name not in ("id", "name", "kind", "weeks")}
    facts["weeks"] = [
        {"week": week.week, "plain": week.plain, "moment": week.moment, "start_only_if": week.start_only_if}
        for week in programme.weeks
    ]
    keys = [slot.prompt for week in programme.weeks for slot in week.slots]
    return Programme(
        id=new_id(), agency_id=agency.id, key=programme.id, name=programme.name, kind=programme.kind,
        prompt_keys=keys, slots=slots, facts=facts,
    )  # fmt: skip
