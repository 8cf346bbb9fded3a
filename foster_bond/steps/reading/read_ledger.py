"""Store → person's page: the whole ledger of one number over all its families, and what a person may record."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from foster_bond.errors import NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day
from foster_bond.rules.page_values.frame import NOTHING_TYPED, FormState, When
from foster_bond.rules.page_values.ledger import LedgerPage, LedgerRow, OpenHold, OpenQuestion
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.spoken_time import when
from foster_bond.rules.states import Consent
from foster_bond.steps.office_days import decide_by
from foster_bond.steps.reading import _clearances
from foster_bond.store import agencies, audit, consent_scans, consents, families, inbound, staff
from foster_bond.store.agencies import Agency
from foster_bond.store.consents import ConsentEvent, NumberConsent
from foster_bond.store.families import Family, Member
from foster_bond.store.inbound import InboundText
from foster_bond.store.open_store import Session, Store

NO_ANSWER_STOPS = timedelta(days=7)  # prompts.md 9b, N1
_TWINS = 50  # families of one number that a page looks at


@dataclass(frozen=True, slots=True)
class _Book:
    """What the rows are told with, read once for all of them."""

    session: Session
    store: Store
    viewer: Viewer
    now: datetime
    agency: Agency
    family: Family
    member: Member
    stands: NumberConsent | None
    events: list[ConsentEvent]
    texts: dict[str, InboundText]
    held: set[str]
    homes: dict[str, Family]
    workers: dict[str, str]
    scans: dict[str, str]

    def say(self, at: datetime) -> When:
        return when(at, self.family.zone, language=self.viewer.language, now=self.now)


def read_ledger(
    store: Store, viewer: Viewer, member_id: str, now: datetime, *, form: FormState = NOTHING_TYPED,
    stop_form: FormState = NOTHING_TYPED,
) -> LedgerPage:  # fmt: skip
    """One person's ledger, the newest change first. Raises: NotYours."""
    with store.read() as session:
        page = _page(_open(session, store, viewer, member_id, now))
    return replace(page, form=form, stop_form=stop_form)


def read_proof(store: Store, viewer: Viewer, member_id: str, now: datetime) -> LedgerPage:
    """The same ledger in the order in which it happened, to be printed; that somebody did so is kept."""
    with store.write() as session:
        book = _open(session, store, viewer, member_id, now)
        audit.write(session, viewer.agency_id, "consent_proof", now, staff_id=viewer.by, subject=("member", member_id))
        page = _page(book)
        return replace(page, rows=page.rows[::-1], printed=book.say(now))


def read_scan(store: Store, viewer: Viewer, member_id: str, scan_id: str, now: datetime) -> tuple[str, bytes]:
    """A scan's type and content. Raises: NotYours where it is none of this number, or said in a family not held."""
    with store.write() as session:
        member = _member(session, viewer, member_id)
        scan = consent_scans.of_number(session, viewer.agency_id, member.to_bidx, scan_id)
        if scan is None or not families.which_held(session, viewer, [scan.family_id or ""]):
            raise NotYours("scan")
        audit.write(session, viewer.agency_id, "scan_opened", now, staff_id=viewer.by, subject=("scan", scan_id))
        return scan.media_type, consent_scans.content_of(session, store.vault, scan)


def _member(session: Session, viewer: Viewer, member_id: str) -> Member:
    member = families.held_member(session, viewer, member_id)
    if member is None:
        raise NotYours("member")
    return member


def _open(session: Session, store: Store, viewer: Viewer, member_id: str, now: datetime) -> _Book:
    member = _member(session, viewer, member_id)
    events = consents.ledger_of(session, viewer.agency_id, member.to_bidx)
    twins = families.members_with_number(session, viewer.agency_id, member.to_bidx)[:_TWINS]
    homes = {one.family_id for one in twins} | {one.family_id for one in events if one.family_id}
    return _Book(
        session=session, store=store, viewer=viewer, now=now,
        agency=agencies.by_id(session, viewer.agency_id),
        family=families.held(session, viewer, member.family_id),
        member=member,
        stands=consents.of_number(session, viewer.agency_id, member.to_bidx),
        events=events,
        texts=inbound.by_ids(session, viewer.agency_id, [one.evidence_id for one in events]),
        held=families.which_held(session, viewer, sorted(homes)),
        homes=families.by_ids(session, viewer.agency_id, sorted(homes)),
        workers={one.id: one.name for one in staff.of_agency(session, viewer.agency_id)},
        scans=consent_scans.of_events(session, viewer.agency_id, [one.id for one in events]),
    )  # fmt: skip


def _page(book: _Book) -> LedgerPage:
    vault, state = book.store.vault, _state(book)
    here = book.member.left_at is None and book.family.closed_at is None
    holds = state is Consent.HOLD
    barred = state is Consent.STOPPED and book.stands is not None and book.stands.carrier_stopped
    return LedgerPage(
        member_id=book.member.id,
        family_id=book.family.id,
        name=plain_name(families.member_name(book.session, vault, book.member)),
        family_name=plain_name(families.name_of(book.session, vault, book.family)),
        role=book.member.role,
        language=book.member.language,
        number=families.member_phone(book.session, vault, book.member),
        state=state.value,
        agency=book.agency.name,
        since=None if book.stands is None else book.say(book.stands.since),
        how=book.events[-1].how if book.events else "",
        wording=_agreed_to(book),
        rows=tuple(_row(book, event) for event in reversed(book.events)),
        other_homes=len({one for one in book.homes if one != book.family.id}),
        carrier_stopped=barred,
        not_theirs=book.member.number_bad_why == families.NOT_THEIRS,
        hold=_hold(book) if holds else None,
        question=_question(book),
        may_ask=here and state is Consent.NONE and (book.stands is None or book.stands.asked_at is None),
        may_record=here and not holds and not barred,
        may_stop=state is not Consent.STOPPED,
        why_not="" if here else "They have left; nothing new is recorded.",
        today=local_day(book.now, book.family.zone).isoformat(),
        clearances=_clearances.lines_of(book.session, book.member, book.workers, book.say),
    )


def _state(book: _Book) -> Consent:
    return Consent.NONE if book.stands is None else Consent(book.stands.state)


def _agreed_to(book: _Book) -> str:
    """The wording of the last yes: what a form or a talk said, and the versions of our texts."""
    yes = [one for one in book.events if one.to_state == Consent.ACTIVE.value]
    said = next((one for one in reversed(yes) if one.wording or one.how in ("paper", "spoken", "recorded")), None)
    if said is None:
        return ""
    on_paper = said.how in ("paper", "spoken", "recorded")
    words = _words(book, said)[0] if on_paper else ""
    return " · ".join(part for part in (words, said.wording or "") if part)


def _row(book: _Book, event: ConsentEvent) -> LedgerRow:
    words, hidden = _words(book, event)
    several = len(book.homes) > 1 and event.family_id in book.held
    home = book.homes.get(event.family_id or "")
    return LedgerRow(
        event_id=event.id,
        before=event.from_state,
        after=event.to_state,
        when=book.say(event.at),
        how=event.how,
        words=words,
        words_hidden=hidden,
        wording=event.wording or "",
        language=event.language or "",
        given_on="" if event.given_on is None else event.given_on.isoformat(),
        by=book.workers.get(event.staff_id or "", ""),
        family_name=(
            plain_name(families.name_of(book.session, book.store.vault, home)) if several and home is not None else ""
        ),
        evidence="text" if event.evidence_id in book.texts else "record",
        scan_id=book.scans.get(event.id, "") if event.family_id in book.held else "",
    )


def _words(book: _Book, event: ConsentEvent) -> tuple[str, bool]:
    """The exact words behind a change, and whether they are another family's to read."""
    if event.family_id is not None and event.family_id not in book.held:
        return "", event.words is not None or event.evidence_id in book.texts
    own = consents.words_of(book.session, book.store.vault, event)
    text = book.texts.get(event.evidence_id)
    if own or text is None or (text.family_id is not None and text.family_id not in book.held):
        return own, False
    return inbound.said(book.session, book.store.vault, text), False


def _hold(book: _Book) -> OpenHold | None:
    unclear = book.events[-1] if book.events else None
    if unclear is None:
        return None
    return OpenHold(
        words=_words(book, unclear)[0],
        said=book.say(unclear.at),
        decide_by=book.say(decide_by(book.agency, unclear.at)),
    )


def _question(book: _Book) -> OpenQuestion | None:
    stands = book.stands
    if stands is None or stands.reconfirm_why is None:
        return None
    asked = stands.reconfirm_asked_at
    return OpenQuestion(
        why=stands.reconfirm_why,
        asked=None if asked is None else book.say(asked),
        until=None if asked is None else book.say(asked + NO_ANSWER_STOPS),
    )
