"""Store → record page and summary: what was taken out, replies to choose from, and the paper with those chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from foster_bond.errors import InvalidInput
from foster_bond.rules.access import Viewer
from foster_bond.rules.page_values.frame import NOTHING_TYPED, Choice, FormState
from foster_bond.rules.page_values.leaving import QuoteLine, RecordPage, SummaryPage, TakenOut
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.record import paper
from foster_bond.rules.record.redacting import redacted_summary
from foster_bond.rules.record.values import Summary
from foster_bond.rules.spoken_time import when
from foster_bond.steps.reading._exporting import MADE_SUMMARY, MEDIA, Exported, digest, file_name, record_of
from foster_bond.steps.reading._quoting import bounds, quotes_of, replies, stretch
from foster_bond.store import agencies, audit, exports, families, staff
from foster_bond.store.families import Member, MemberRole
from foster_bond.store.open_store import Store

MOST = 100  # quotes on one paper, and replies on one page to choose from
PURPOSES = ("court", "visit")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a worker chose for the paper. `members` are references: a teen is quoted only where they are named."""

    quotes: tuple[str, ...]
    purpose: str = "court"
    note: str = ""
    since: str = ""
    until: str = ""
    members: tuple[str, ...] = ()
    take_out: tuple[str, ...] | None = None


def read_record(
    store: Store, viewer: Viewer, family_id: str, now: datetime, *, form: FormState = NOTHING_TYPED
) -> RecordPage:
    """What may be taken out of a family that the viewer holds, and what was. Raises: NotYours."""
    with store.read() as session:
        family = families.held(session, viewer, family_id)
        store.vault.warm_families(session, viewer.agency_id, [family.id])
        everybody = families.members_of(session, viewer.agency_id, family.id)
        names = {one.id: plain_name(families.member_name(session, store.vault, one)) for one in everybody}
        by = {one.id: one.name for one in staff.of_agency(session, viewer.agency_id)}
        return RecordPage(
            family_id=family.id,
            name=plain_name(families.name_of(session, store.vault, family)),
            members=_people(everybody, names),
            taken=tuple(
                TakenOut(
                    when=when(row.at, family.zone, language=viewer.language, place=False, now=now),
                    by=by.get(row.by_id or "", ""), kind=row.kind, format=row.format,
                    whose=tuple(names[one] for one in row.member_ids if one in names),
                    redacted=row.original_digest is not None, digest=row.digest[:12],
                )
                for row in exports.of_family(session, viewer.agency_id, family.id)
            ),
            form=form,
        )  # fmt: skip


def _people(everybody: Sequence[Member], names: dict[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(one.ref, names[one.id], chosen=one.role == MemberRole.TEEN.value) for one in everybody)


def read_summary(
    store: Store, viewer: Viewer, family_id: str, now: datetime, *, since: str = "", until: str = "",
    members: Sequence[str] = (), form: FormState = NOTHING_TYPED,
) -> SummaryPage:  # fmt: skip
    """The replies of these days, the newest hundred, to choose from. Raises: NotYours, InvalidInput."""
    with store.read() as session:
        family = families.held(session, viewer, family_id)
        store.vault.warm_families(session, viewer.agency_id, [family.id])
        first, last = stretch(family, since, until, now)
        record = record_of(session, store, viewer, family, now, members)
        everybody = families.members_of(session, viewer.agency_id, family.id)
        names = {one.id: plain_name(families.member_name(session, store.vault, one)) for one in everybody}
        found = replies(record, bounds(family, first, last))[-MOST:]
        return SummaryPage(
            family_id=family.id, name=record.family_name, since=first.isoformat(), until=last.isoformat(),
            people=tuple(Choice(one.ref, names[one.id], chosen=one.ref in members) for one in everybody),
            quotes=tuple(
                QuoteLine(
                    reflection_id=entry.id, who=person.name, words=entry.words, asked=entry.asked, guess=entry.guess,
                    when=when(entry.at, family.zone, language=viewer.language, place=False, now=now),
                    language=person.language, teen=person.role == MemberRole.TEEN.value,
                )
                for person, entry in found
            ),
            form=form,
        )  # fmt: skip


def make_summary(store: Store, viewer: Viewer, family_id: str, chosen: Chosen, now: datetime) -> Exported:
    """The paper with the chosen quotes under the fixed caveat; that it left is on the record. Raises: NotYours,
    InvalidInput."""
    if not chosen.quotes or len(chosen.quotes) > MOST:
        raise InvalidInput(f"Choose what to quote, {MOST} replies at most.")
    if chosen.purpose not in PURPOSES:
        raise InvalidInput("Say whether it is for the court or for the visit.")
    with store.write() as session:
        family = families.held(session, viewer, family_id)
        store.vault.warm_families(session, viewer.agency_id, [family.id])
        first, last = stretch(family, chosen.since, chosen.until, now)
        record = record_of(session, store, viewer, family, now, chosen.members)
        since, until = bounds(family, first, last)
        summary = Summary(
            agency=record.agency, family_ref=family.ref, family_name=record.family_name, zone=family.zone, made_at=now,
            made_by=viewer.name, language=viewer.language, purpose=chosen.purpose, since=since, until=min(until, now),
            quotes=quotes_of(record, chosen.quotes), note=chosen.note,
        )  # fmt: skip
        country = agencies.by_id(session, viewer.agency_id).country
        content, original = paper.summary_pdf(summary, country=country), None
        if chosen.take_out is not None:
            copy = redacted_summary(summary, chosen.take_out, record.household)
            original, content = content, paper.summary_pdf(copy, country=country)
        said = {quote.who for quote in summary.quotes}
        exports.add(
            session, agency_id=viewer.agency_id, family_id=family.id, by_id=viewer.by, at=now, kind="summary",
            form="pdf", member_ids=[one.id for one in record.people if one.name in said], digest=digest(content),
            original_digest=None if original is None else digest(original),
        )  # fmt: skip
        detail = f"{chosen.purpose}, {len(summary.quotes)} quotes, {digest(content)}"
        audit.write(
            session, viewer.agency_id, MADE_SUMMARY, now, staff_id=viewer.by, subject=("family", family.id),
            detail=detail,
        )  # fmt: skip
        named = file_name(family, "summary", now, "pdf", redacted=chosen.take_out is not None)
        return Exported(named, MEDIA["pdf"], content)
