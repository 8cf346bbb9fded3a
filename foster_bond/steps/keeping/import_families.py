"""A file → families, members, consent and their places in schedules: all rows or none, and twice is once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from foster_bond.errors import InvalidInput, NotAllowed
from foster_bond.rules.access import Viewer
from foster_bond.rules.clearances import Clearance
from foster_bond.rules.family_rows import FamilyRow, read_family_rows
from foster_bond.rules.local_time import local_day
from foster_bond.rules.states import Outbound
from foster_bond.steps import clearing
from foster_bond.steps.enrolling import count_anew, enrol_member
from foster_bond.steps.keeping._consenting import Consenting
from foster_bond.steps.keeping._placing import Placed, Placing
from foster_bond.steps.keeping._undoing import Undo
from foster_bond.store import agencies, audit, consents, families, outbox, practice
from foster_bond.store.agencies import Agency
from foster_bond.store.families import Family, Member
from foster_bond.store.ids import new_id
from foster_bond.store.open_store import Store
from foster_bond.store.session import Session

_PLAIN = ("role", "language", "child_word", "tags", "age_band", "turns_18", "guardian_date")
_FITTED = frozenset({"role", "tags"})  # what decides which schedules are for them
NEW_NUMBER = "Their number was changed; this text was for the old one."


@dataclass(slots=True)
class Imported:
    """What the file did, or with a dry run would do. `notes` say what it left as it was, and why."""

    rows: int = 0
    families_new: int = 0
    families_changed: int = 0
    members_new: int = 0
    members_changed: int = 0
    active: int = 0
    asked: int = 0
    enrolled: int = 0
    notes: list[str] = field(default_factory=list)


def import_families(
    store: Store,
    *,
    viewer: Viewer,
    content: bytes,
    now: datetime,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Imported:
    """All rows of a families file, or none.

    Raises: InvalidInput, whose problems name every bad row with line and reason; NotAllowed.
    """
    if not viewer.runs_people:
        raise NotAllowed("Only an admin imports families.")
    done = Imported()
    with Undo.of(dry_run), store.write() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        placing = Placing(session, store, agency, now)
        importing = _Importing(session, store, agency, placing, viewer, now, done)
        rows = _all_or_none(content, agency, placing, now)
        for number, placed in enumerate(rows, start=1):
            importing.take(placed)
            progress(number, len(rows))
        importing.finish()
        audit.write(session, agency.id, "families_imported", now, staff_id=viewer.by, detail=_counts(done))
        if dry_run:
            raise Undo
    return done


def _all_or_none(content: bytes, agency: Agency, placing: Placing, now: datetime) -> list[Placed]:
    read = read_family_rows(content, country=agency.country, today=local_day(now, agency.zone))
    placed = [placing.place(row) for row in read.rows]
    problems = sorted((*read.problems, *placing.problems(placed)), key=_line)
    if problems:
        bad = len({_line(said) for said in problems})
        raise InvalidInput(f"{bad} {'row is' if bad == 1 else 'rows are'} off; nothing was imported.", tuple(problems))
    return sorted(placed, key=lambda one: one.row.consent != "recorded")  # who has agreed is not asked as well


def _line(said: str) -> int:
    return int(said.removeprefix("line ").partition(":")[0])


def _counts(done: Imported) -> str:
    return f"{done.families_new} families and {done.members_new} members new, {done.members_changed} members changed"


class _Importing:
    """One import on its way through the rows."""

    def __init__(
        self, session: Session, store: Store, agency: Agency, placing: Placing, viewer: Viewer, now: datetime,
        done: Imported,
    ) -> None:  # fmt: skip
        self._session, self._vault, self._agency, self._now, self._done = session, store.vault, agency, now, done
        self._placing = placing
        self._consenting = Consenting(session, store.vault, agency, viewer, now)
        self._touched: dict[str, Family] = {}
        self._renumbered: set[str] = set()

    def take(self, placed: Placed) -> None:
        """Write one row: family, member, consent, places."""
        self._done.rows += 1
        family = self._family(placed)
        member, replan = self._member(placed, family)
        replan |= self._clear(placed.row, member)
        outcome = self._consenting.apply(placed.row, member, family)
        self._done.active += outcome.active
        if outcome.active and member.id in self._renumbered:
            consents.ask_again(self._session, self._agency.id, member.to_bidx, "number")
        self._done.asked += outcome.asked
        notes = [outcome.note] if outcome.note else []
        if family.closed_at is not None or member.left_at is not None:
            notes.append("they have left; an import does not bring them back.")
        self._done.notes += [f"line {placed.row.line}: {note}" for note in notes]
        self._done.enrolled += enrol_member(self._session, self._agency, member, family, self._now, replan=replan)

    def _clear(self, row: FamilyRow, member: Member) -> bool:
        """Keep what the file says was confirmed, in the name of their worker; whether they may be asked from now on."""
        worker = self._placing.staff[row.caseworker_email].id
        changed = clearing.settle(self._session, member, self._now)
        for day, kinds in (
            (row.assent_date, (Clearance.ASSENT, Clearance.WHO_READS)),
            (row.contact_date, (Clearance.CONTACT,)),
        ):
            if day is not None:
                fresh = clearing.not_taken_back(self._session, member, kinds, day)
                changed |= clearing.confirm(self._session, member, fresh, day, self._now, worker)
        return changed

    def finish(self) -> None:
        """What only shows once all rows are in: phones that several people share."""
        self._session.flush()
        for family in self._touched.values():
            members = [
                one for one in families.members_of(self._session, self._agency.id, family.id) if one.left_at is None
            ]
            numbers = [member.to_bidx for member in members]
            for member in members:
                member.shared_phone = numbers.count(member.to_bidx) > 1
                self._note_twin(member)

    def _note_twin(self, member: Member) -> None:
        others = families.members_with_number(self._session, self._agency.id, member.to_bidx)
        for other in others:
            same = other.family_id != member.family_id and other.child_word == member.child_word
            if same and other.left_at is None and other.family_id in self._touched and other.id > member.id:
                self._done.notes.append(
                    f'"{member.ref}" and "{other.ref}" share a phone in two families: give them different child words, '
                    "so that the texts say which child is meant."
                )

    def _family(self, placed: Placed) -> Family:
        row, worker = placed.row, self._placing.staff[placed.row.caseworker_email]
        family = self._placing.families.get(placed.family_ref)
        if family is None:
            family = families.new_family(
                self._session, self._vault, agency_id=self._agency.id, ref=placed.family_ref, name=row.family,
                zone=row.zone, caseworker_id=worker.id, at=self._now,
            )  # fmt: skip
            self._placing.families[placed.family_ref] = family
            self._done.families_new += 1
        elif family.id not in self._touched:
            changed = self._update_family(family, row, worker.id)
            self._done.families_changed += self._count_from(family, row) or changed
        self._count_from(family, row)
        self._touched[family.id] = family
        return family

    def _count_from(self, family: Family, row: FamilyRow) -> bool:
        """Keep the day on which the child came, and fit to it what counts from it; whether it is another one."""
        if row.placed_on in (None, family.placed_on):
            return False
        count_anew(self._session, family, row.placed_on, self._now)
        return True

    def _update_family(self, family: Family, row: FamilyRow, worker_id: str) -> bool:
        changed = (family.zone, family.caseworker_id) != (row.zone, worker_id)
        if families.name_of(self._session, self._vault, family) != row.family:
            families.give_name(self._session, self._vault, family, row.family)
            changed = True
        moved = family.zone != row.zone
        family.zone, family.caseworker_id = row.zone, worker_id
        if moved:
            for member in families.members_of(self._session, self._agency.id, family.id):
                enrol_member(self._session, self._agency, member, family, self._now, replan=True)
        return changed

    def _member(self, placed: Placed, family: Family) -> tuple[Member, bool]:
        """The row's member, and whether the schedules that are for them may have changed."""
        member, row = self._placing.members.get(placed.member_ref), placed.row
        if member is not None:
            changed = self._update_member(member, row)
            self._done.members_changed += bool(changed)
            return member, bool(changed & _FITTED)
        member = Member(
            id=new_id(), agency_id=self._agency.id, family_id=family.id, ref=placed.member_ref, name=b"", phone=b"",
            to_bidx=placed.to_bidx, role=row.role, created_at=self._now,
            l5_on=practice.is_on(self._session, self._agency.id, family.id), **_facts(row),
        )  # fmt: skip
        for column, words in _words(row).items():
            families.give_words(self._session, self._vault, member, column, words)
        self._session.add(member)
        self._session.flush()
        self._placing.members[placed.member_ref] = member
        self._done.members_new += 1
        return member, False

    def _update_member(self, member: Member, row: FamilyRow) -> set[str]:
        facts = {"role": row.role, **_facts(row)}
        changed = {name for name in _PLAIN if name in facts and getattr(member, name) != facts[name]}
        for name in changed:
            setattr(member, name, facts[name])
        for column, words in _words(row).items():
            if families.words_of(self._session, self._vault, member, column) != words:
                if column == "phone":
                    self._cancel_texts(member)
                    self._renumbered.add(member.id)
                families.give_words(self._session, self._vault, member, column, words)
                changed.add(column)
        return changed

    def _cancel_texts(self, member: Member) -> None:
        for message in outbox.waiting_for_member(self._session, self._agency.id, member.id):
            outbox.move(
                self._session, message.id, message.agency_id, Outbound.SCHEDULED, Outbound.CANCELLED, self._now,
                why=NEW_NUMBER,
            )  # fmt: skip


def _facts(row: FamilyRow) -> dict[str, Any]:
    """What a member's row keeps in the clear; a column that the file lacks is left out."""
    found: dict[str, Any] = {"language": row.language}
    if row.turns_18 is not None:
        found["turns_18"] = row.turns_18
    if row.child_word is not None:
        found["child_word"] = row.child_word or None
    if row.tags is not None:
        found["tags"] = list(row.tags)
    if row.age_band is not None:
        found["age_band"] = row.age_band or None
    if row.guardian_consent is not None:
        found["guardian_date"] = row.guardian_date
    return found


def _words(row: FamilyRow) -> dict[str, str]:
    """What a member's row keeps sealed."""
    found = {"name": row.member, "phone": row.phone}
    return found | ({"guardian_consent": row.guardian_consent} if row.guardian_consent else {})
