"""Store → agency page: the promises and limits that the viewer's agency works under."""

from datetime import datetime

from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.agency_form import HOURS, MOST, NUMBERS
from foster_bond.rules.alert_ladder import SUPERVISOR_AFTER
from foster_bond.rules.page_values.agency import AgencyPage, RotaEntry
from foster_bond.rules.page_values.frame import FormState
from foster_bond.rules.phone_numbers import spoken_number
from foster_bond.rules.spoken_time import spoken_hour, when
from foster_bond.store import agencies, families, rota, staff
from foster_bond.store.agencies import Agency
from foster_bond.store.open_store import Store
from foster_bond.store.staff import Staff

_MISSING = {
    "phone": "The office line is not set: the answer to HELP has no number to call.",
    "oncall": "No line that is answered at any hour is set: the answer to a warning sign can name only 911 and 988.",
    "hotline": "The state's reporting line is not set.",
}


def read_agency(
    store: Store, viewer: Viewer, now: datetime, *, carrier: str, form: FormState | None = None
) -> AgencyPage:
    """What everybody at the agency may know about it. `form` is what an admin typed and what was off about it."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        lines = {name: agencies.number_of(session, store.vault, agency, name) or "" for name in agencies.NUMBERS}
        people = [one for one in staff.of_agency(session, agency.id) if one.disabled_at is None]
        return AgencyPage(
            name=agency.name,
            slug=agency.slug,
            zone=agency.zone,
            local_now=when(now, agency.zone, language=viewer.language, place=False, now=now),
            text_name=agency.text_name,
            polite_from=spoken_hour(agency.polite_from, language=viewer.language),
            polite_to=spoken_hour(agency.polite_until, language=viewer.language),
            week_cap=agency.prompts_a_week,
            carrier=carrier,
            senders=(spoken_number(lines["sender"]),) if lines["sender"] else (),
            office=spoken_number(lines["phone"]),
            on_call=spoken_number(lines["oncall"]),
            hotline=spoken_number(lines["hotline"]),
            country=agency.country,
            families=families.open_count(session, agency.id),
            staff=len(people),
            rota=_rota(people),
            missing=_missing(lines, people, rota_kept=rota.of_agency(session, agency).is_kept),
            may_change=viewer.runs_people,
            form=form or FormState(values=_as_it_is(agency, lines)),
        )


def _rota(people: list[Staff]) -> tuple[RotaEntry, ...]:
    """Who is told besides the family's own caseworker, who always is."""
    later = int(SUPERVISOR_AFTER.total_seconds() // 60)
    found = []
    for one in people:
        if one.phone is not None and (one.on_call or one.role == Role.SUPERVISOR):
            found.append(RotaEntry(name=one.name, role=one.role, after_minutes=0 if one.on_call else later))
    return tuple(sorted(found, key=lambda entry: entry.after_minutes))


def _missing(lines: dict[str, str], people: list[Staff], *, rota_kept: bool) -> tuple[str, ...]:
    found = [words for name, words in _MISSING.items() if not lines[name]]
    if not rota_kept and not any(one.on_call and one.phone is not None for one in people):
        found.append("Nobody is on call with a phone number: an alert reaches only the family's caseworker.")
    return tuple(found)


def _as_it_is(agency: Agency, lines: dict[str, str]) -> dict[str, str]:
    hours = {name: f"{getattr(agency, name):%H:%M}" for name in HOURS}
    caps = {name: str(getattr(agency, name)) for name in MOST}
    price = "" if agency.segment_price is None else f"{agency.segment_price / 10_000:.4f}".rstrip("0")
    more = {"sender_tier": agency.sender_tier, "segment_price": price}
    return {name: lines[name] for name in NUMBERS} | hours | caps | more
