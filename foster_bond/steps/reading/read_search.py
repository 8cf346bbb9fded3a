"""Store → search page: words found in what was said: everything in the viewer's scope is opened, nothing is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from foster_bond.rules.access import Viewer
from foster_bond.rules.page_values.search import Hit, SearchPage
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.spoken_time import when
from foster_bond.rules.word_search import Sought, sought
from foster_bond.steps.reading._cursors import cursor_of, mark_from
from foster_bond.store import audit, families, opened, staff, word_scan
from foster_bond.store.families import Family
from foster_bond.store.open_store import Session, Store
from foster_bond.store.sealing import SealBroken, Vault
from foster_bond.store.word_scan import Sealed

PAGE = 30  # hits
_KINDS = {"inbound_texts": "said", "outbox_messages": "written", "notes": "note", "visits": "visit"}


def read_search(
    store: Store, viewer: Viewer, typed: str, now: datetime, *, family_id: str = "", before: str = ""
) -> SearchPage:
    """Where these words stand, newest first: in one family whose page the viewer may open, or in all that they hold.

    The audit gets one line for a search, without its words. Raises: NotYours.
    """
    words = sought(typed)
    with store.read() as session:
        homes = _scope(session, viewer, family_id)
        one = homes.get(family_id)
        store.vault.warm_families(session, viewer.agency_id, list(homes))
        blank = SearchPage(
            typed, asked=bool(words), family_id=family_id, families=len(homes),
            family_name="" if one is None else plain_name(families.name_of(session, store.vault, one)),
        )  # fmt: skip
        if not words or not homes:
            return blank
        found = _found(session, store.vault, viewer, homes, words, before)
        page = _page(session, store.vault, viewer, homes, words, found, blank, now)
    with store.write() as session:
        subject = ("family", family_id) if family_id else None
        audit.write(session, viewer.agency_id, "search", now, staff_id=viewer.by, subject=subject)
    return page


def _scope(session: Session, viewer: Viewer, family_id: str) -> dict[str, Family]:
    if family_id:
        return {family_id: opened.opened(session, viewer, family_id)}
    return {one.id: one for one in families.open_held(session, viewer)}


@dataclass(frozen=True, slots=True)
class _Found:
    """The texts of one page, and where the next begins."""

    texts: list[tuple[Sealed, str]]
    last: Sealed | None  # the last one that was looked at, where more lie behind it


def _found(
    session: Session, vault: Vault, viewer: Viewer, homes: Mapping[str, Family], words: Sought, before: str
) -> _Found:
    scan = word_scan.newest(session, viewer.agency_id, homes, mark_from(before))
    rows = scan.rows
    texts: list[tuple[Sealed, str]] = []
    for number, one in enumerate(rows):
        text = _opened(session, vault, one)
        if words.found_in(text):
            texts.append((one, text))
            if len(texts) == PAGE and number + 1 < len(rows):
                return _Found(texts, one)
    return _Found(texts, rows[-1] if scan.more else None)


def _opened(session: Session, vault: Vault, one: Sealed) -> str:
    try:
        return vault.open(session, one.words, one.place)
    except SealBroken:  # a family whose key is destroyed has no words any more
        return ""


def _page(
    session: Session, vault: Vault, viewer: Viewer, homes: Mapping[str, Family], words: Sought, found: _Found,
    blank: SearchPage, now: datetime,
) -> SearchPage:  # fmt: skip
    people = {one.id: one.name for one in staff.of_agency(session, viewer.agency_id)}
    seen = {one.family_id for one, _ in found.texts}
    members = families.members_by_ids(session, viewer.agency_id, [one.who_id for one, _ in found.texts if one.who_id])
    names = people | {key: families.member_name(session, vault, member) for key, member in members.items()}
    homes_named = {key: plain_name(families.name_of(session, vault, homes[key])) for key in seen}
    hits = tuple(
        Hit(
            family_id=one.family_id,
            family_name=homes_named[one.family_id],
            moment_id=one.moment_id,
            kind=_KINDS[one.table],
            who=plain_name(names.get(one.who_id or "", "")),
            pieces=words.pieces(text),
            when=when(one.at, homes[one.family_id].zone, language=viewer.language, place=False, now=now),
        )
        for one, text in found.texts
    )
    last = found.last
    return SearchPage(
        blank.words, hits, asked=True, family_id=blank.family_id, family_name=blank.family_name,
        families=blank.families, further="" if last is None else cursor_of((last.at, last.row_id)),
        until=None if last is None else when(
            last.at, homes[last.family_id].zone, language=viewer.language, place=False, now=now
        ),
    )  # fmt: skip
