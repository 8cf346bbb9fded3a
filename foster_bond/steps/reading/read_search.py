"""Store → search page: words found in what was said: everything in the viewer's scope is opened, nothing is kept."""

from collections.abc import Mapping
from dataclasses import replace
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
from foster_bond.store.sealing import Vault
from foster_bond.store.word_scan import Scan

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
        found = word_scan.newest(
            session, store.vault, viewer.agency_id, homes, mark_from(before), words.found_in, PAGE
        )  # fmt: skip
        page = _page(session, store.vault, viewer, homes, words, found, blank, now)
    with store.write() as session:
        subject = ("family", family_id) if family_id else None
        audit.write(session, viewer.agency_id, "search", now, staff_id=viewer.by, subject=subject)
    return page


def _scope(session: Session, viewer: Viewer, family_id: str) -> dict[str, Family]:
    if family_id:
        return {family_id: opened.opened(session, viewer, family_id)}
    return {one.id: one for one in families.open_held(session, viewer)}


def _page(
    session: Session, vault: Vault, viewer: Viewer, homes: Mapping[str, Family], words: Sought, found: Scan,
    blank: SearchPage, now: datetime,
) -> SearchPage:  # fmt: skip
    people = {one.id: one.name for one in staff.of_agency(session, viewer.agency_id)}
    seen = {one.family_id for one in found.found}
    members = families.members_by_ids(session, viewer.agency_id, [one.who_id for one in found.found if one.who_id])
    names = people | {key: families.member_name(session, vault, member) for key, member in members.items()}
    homes_named = {key: plain_name(families.name_of(session, vault, homes[key])) for key in seen}
    hits = tuple(
        Hit(
            family_id=one.family_id,
            family_name=homes_named[one.family_id],
            moment_id=one.moment_id,
            kind=_KINDS[one.table],
            who=plain_name(names.get(one.who_id or "", "")),
            pieces=words.pieces(one.words),
            when=when(one.at, homes[one.family_id].zone, language=viewer.language, place=False, now=now),
        )
        for one in found.found
    )
    last = found.further
    return replace(
        blank, hits=hits, further=cursor_of(last),
        until=None if last is None else when(
            last[0], homes[found.further_family].zone, language=viewer.language, place=False, now=now
        ),
    )  # fmt: skip
