"""Store → held page: what did not go out in one week, by reason, for whoever answers for the programme."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day, local_instant, week_start
from foster_bond.rules.page_values.calendar import HeldGroup, HeldLine, HeldPage
from foster_bond.rules.page_values.frame import Choice
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.spoken_time import when
from foster_bond.rules.states import OccurrenceState
from foster_bond.rules.week_words import week_heading
from foster_bond.store import agencies, families, prompts, text_lists
from foster_bond.store.families import Family
from foster_bond.store.open_store import Session, Store
from foster_bond.store.prompts import Prompt
from foster_bond.store.text_lists import Decided

MOST = 2000  # slots of a week; the page says where there are more
SHOWN = 20  # of one reason
WEEKS = 5


def read_held(store: Store, viewer: Viewer, now: datetime, *, week: str = "") -> HeldPage:
    """The slots of a week that did not go out. Families are named to those only who may open their pages."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        today = local_day(now, agency.zone)
        mondays = [week_start(today) - timedelta(weeks=back) for back in range(WEEKS)]
        monday = next((one for one in mondays if one.isoformat() == week), mondays[0])
        since, until = (local_instant(day, time(), agency.zone) for day in (monday, monday + timedelta(days=7)))
        rows = text_lists.not_sent(session, agency.id, since, until, MOST + 1)
        groups: dict[str, list[Decided]] = defaultdict(list)
        for row in rows[:MOST]:
            groups[_why(row)].append(row)
        return HeldPage(
            groups=_groups(session, store, viewer, groups, now),
            sent=text_lists.sent_between(session, agency.id, since, until),
            held=min(len(rows), MOST),
            weeks=tuple(_week(one, today, viewer.language, chosen=one == monday) for one in mondays),
            more=len(rows) > MOST,
        )


def _week(monday: date, today: date, language: str, *, chosen: bool) -> Choice:
    return Choice(monday.isoformat(), week_heading(monday, today, language), chosen=chosen)


def _why(row: Decided) -> str:
    """The last word on a slot: the text's own where one was written, else the slot's."""
    said = row.occurrence.why if row.message is None else row.message.reason or row.occurrence.why
    return said or "No reason was kept."


def _groups(
    session: Session, store: Store, viewer: Viewer, groups: Mapping[str, Sequence[Decided]], now: datetime
) -> tuple[HeldGroup, ...]:
    shown = [row for some in groups.values() for row in some[:SHOWN]]
    homes = families.by_ids(session, viewer.agency_id, sorted({row.occurrence.family_id for row in shown}))
    opened = families.which_held(session, viewer, sorted(homes))
    store.vault.warm_families(session, viewer.agency_id, sorted(opened))
    names = {one: plain_name(families.name_of(session, store.vault, homes[one])) for one in opened}
    known = prompts.prompts_of(session, viewer.agency_id)
    found = [
        HeldGroup(
            why=why,
            count=len(some),
            families=len({row.occurrence.family_id for row in some}),
            lines=tuple(_line(row, viewer, homes, names, known, now) for row in some[:SHOWN]),
        )
        for why, some in groups.items()
    ]
    return tuple(sorted(found, key=lambda group: (-group.count, group.why)))


def _line(
    row: Decided, viewer: Viewer, homes: Mapping[str, Family], names: Mapping[str, str],
    known: Mapping[str, Prompt], now: datetime,
) -> HeldLine:  # fmt: skip
    slot = row.occurrence
    prompt = known.get(slot.prompt_key or "")
    waits = slot.state == OccurrenceState.PLANNED.value
    return HeldLine(
        when=when(slot.due_at, homes[slot.family_id].zone, language=viewer.language, now=now),
        family_id=slot.family_id if slot.family_id in names else "",
        family_name=names.get(slot.family_id, ""),
        schedule=row.schedule,
        outcome="held" if waits else "dropped" if row.message is not None else slot.state,
        technique="" if prompt is None else prompt.technique,
    )
