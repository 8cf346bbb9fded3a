"""What the reading steps share: a text to the family in the making: to whom, in answer to what, and when it leaves."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from foster_bond.rules.page_values.frame import FormState
from foster_bond.rules.page_values.writing import Begun, Cost, Other, Recipient, Writing
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.staff_reply import Way, price_of, weigh
from foster_bond.steps.reading._moments import Telling
from foster_bond.steps.staff_texts import ways_to
from foster_bond.store import drafts, inbound, looks, moment_facts, outbox, staff_texts
from foster_bond.store.agencies import Agency
from foster_bond.store.drafts import Draft
from foster_bond.store.families import Member
from foster_bond.store.ids import new_id
from foster_bond.store.inbound import InboundText

LOOKING = timedelta(seconds=45)  # a page asks every fifteen seconds; three times missed, and they are gone
TYPING = timedelta(seconds=60)


def writing(tell: Telling, agency: Agency, begun: Begun, kept: Draft | None) -> Writing | None:
    """The form with all that has to be known before pressing; None where nobody wants to write."""
    if not begun.open and kept is None:
        return None
    page = tell.page
    here = [one for one in page.members.values() if one.left_at is None]
    form = begun.form if begun.form.values or kept is None else _from_draft(tell, kept)
    about = begun.about or form.values.get("about", "")
    answered = _answered(tell, about)
    ways = ways_to(tell.session, agency, page.family, here, page.now)
    chosen = form.values.get("to") or (answered[0].member_id if answered else None) or _only(ways)
    newest = staff_texts.newest(tell.session, agency.id, page.family.id)
    shown = newest if newest is not None and newest.id == begun.overtaken else None
    return Writing(
        recipients=tuple(_recipient(tell, one, ways[one.id], chosen) for one in here),
        form=form,
        key=begun.form.values.get("once") or new_id(),
        seen=newest.id if newest is not None else "",
        about_id=about if answered else "",
        about_words=tuple(tell.said(part) for part in answered),
        about_by=tell.name(answered[0].member_id) if answered else "",
        about_language=tell.language(answered[0].member_id) if answered else "en",
        cost=cost_of(form.values.get("text", ""), agency),
        last="" if shown is None else outbox.body_of(tell.session, tell.vault, shown),
        last_by="" if shown is None else plain_name(page.staff_names.get(shown.staff_id or "", "")),
        kept=form is not begun.form,
        waiting=not begun.open,
    )


def _from_draft(tell: Telling, kept: Draft) -> FormState:
    words = drafts.words_of(tell.session, tell.vault, kept)
    return FormState(values={"text": words, "to": kept.to_member or "", "about": kept.about or ""})


def _answered(tell: Telling, about: str) -> list[InboundText]:
    """The texts of the moment that is answered, those that were taken back left out; none where it is not theirs."""
    agency_id, family_id = tell.page.viewer.agency_id, tell.page.family.id
    about = about[:36].replace("\x00", "")
    if not about:
        return []
    parts = inbound.parts_of(tell.session, agency_id, [about])
    parts = parts or list(moment_facts.texts_in(tell.session, agency_id, [about]).values())
    return [one for one in parts if one.family_id == family_id and one.withdrawn_at is None]


def _only(ways: Mapping[str, Way]) -> str:
    may = [member_id for member_id, way in ways.items() if way.open]
    return may[0] if len(may) == 1 else ""


def _recipient(tell: Telling, member: Member, way: Way, chosen: str) -> Recipient:
    return Recipient(
        member_id=member.id,
        name=tell.name(member.id),
        chosen=member.id == chosen and way.open,
        leaves=None if way.leaves_at is None else tell.say(way.leaves_at),
        why=way.why,
        shared=member.shared_phone,
    )


def cost_of(words: str, agency: Agency) -> Cost | None:
    """What these words cost; None for none."""
    weighed = weigh(words)
    if not weighed.text:
        return None
    price = price_of(weighed.cost.parts, agency.segment_price, "£" if agency.country == "GB" else "$")
    return Cost(weighed.cost.parts, weighed.cost.units, weighed.cost.encoding, price, weighed.changes)


def others(tell: Telling) -> tuple[Other, ...]:
    """Colleagues who have this family's page open at this moment."""
    page = tell.page
    return others_of(
        looks.others_here(
            tell.session, page.viewer.agency_id, page.viewer.staff_id, page.family.id, page.now - LOOKING
        ),
        page.staff_names, page.now,
    )  # fmt: skip


def others_of(rows: list[looks.Look], names: Mapping[str, str], now: datetime) -> tuple[Other, ...]:
    """The same of rows that are read already."""
    return tuple(
        Other(
            plain_name(names[row.staff_id]).partition(" ")[0],
            row.writing_at is not None and now - row.writing_at < TYPING,
        )
        for row in rows
        if row.staff_id in names
    )
