"""Store → unplaced page: texts of no one family, and where each of them may be filed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from foster_bond.errors import InvalidInput
from foster_bond.rules.access import Viewer
from foster_bond.rules.page_values.delivery import UnplacedPage, UnplacedRow
from foster_bond.rules.page_values.frame import Choice
from foster_bond.rules.phone_numbers import phone_number
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.scripts import is_other_language
from foster_bond.rules.spoken_time import when
from foster_bond.steps.reading._cursors import cursor_of, mark_from
from foster_bond.store import agencies, families, inbound, task_list
from foster_bond.store.agencies import Agency
from foster_bond.store.families import Family, Member
from foster_bond.store.inbound import InboundText
from foster_bond.store.open_store import Session, Store
from foster_bond.store.sealing import Vault

PAGE = 40
MOST_CHOICES = 500  # a list to pick from, not a directory: a viewer who holds more searches for the family first


def read_unplaced(store: Store, viewer: Viewer, now: datetime, *, before: str = "") -> UnplacedPage:
    """The newest texts that wait for a person to say whose they are, in a constant number of queries.

    Raises: NotYours for a cursor that is not ours.
    """
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        texts = task_list.unplaced(session, viewer, PAGE + 1, mark_from(before))
        shown = texts[:PAGE]
        held = families.held_members(session, viewer, MOST_CHOICES) if shown else []
        store.vault.warm_families(session, agency.id, sorted({family.id for _, family in held}))
        sharing = families.homes_by_number(session, agency.id, [text.from_bidx for text in shown])
        choices = _choices(session, store, held)
        senders = {text.id: inbound.sender(session, store.vault, text) for text in shown}
        words = {
            text.id: "" if text.withdrawn_at else inbound.said(session, store.vault, text) for text in shown
        }  # fmt: skip
        rows = tuple(
            UnplacedRow(
                inbound_id=text.id,
                number_end=senders[text.id][-4:],
                text=words[text.id],
                when=when(text.received_at, agency.zone, language=viewer.language, now=now),
                why=_why(sharing.get(text.from_bidx, 0)),
                choices=_likely_first(choices, held, text),
                may_adopt=not sharing.get(text.from_bidx) and _may_ring(agency, store.vault, senders[text.id]),
                pictures=text.media_count,
                withdrawn=text.withdrawn_at is not None,
                foreign=is_other_language(words[text.id]),
            )
            for text in shown
        )
    last = shown[-1] if len(texts) > PAGE else None
    return UnplacedPage(rows, "" if last is None else cursor_of((last.received_at, last.id)))


def _choices(session: Session, store: Store, held: Sequence[tuple[Member, Family]]) -> Mapping[str, Choice]:
    found = {}
    for member, family in held:
        name = plain_name(families.member_name(session, store.vault, member))
        home = plain_name(families.name_of(session, store.vault, family))
        found[member.id] = Choice(member.id, f"{name}, {home}")
    return found


def _likely_first(
    choices: Mapping[str, Choice], held: Sequence[tuple[Member, Family]], text: InboundText
) -> tuple[Choice, ...]:
    """Those who have this number stand before the others, then by name."""
    order = sorted(held, key=lambda pair: (pair[0].to_bidx != text.from_bidx, choices[pair[0].id].words.casefold()))
    return tuple(choices[member.id] for member, _ in order)


def _may_ring(agency: Agency, vault: Vault, sender: str) -> bool:
    """Whether this could be somebody's phone: no short code, no sender by name, not the agency's own line."""
    try:
        return vault.sender_index(phone_number(sender, agency.country)) != agency.sender_bidx
    except InvalidInput:
        return False


def _why(homes: int) -> str:
    if homes > 1:
        return f"This number belongs to {homes} families, and it cannot be told which of them wrote."
    return "We do not know this number." if homes == 0 else "One family has this number now; it had not when this came."
