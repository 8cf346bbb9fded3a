"""Store → every page: the pulse of the clock, whether somebody cries for help, and whether anybody would hear it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond.rules.access import Viewer
from foster_bond.rules.alert_ladder import called, next_call, next_rung
from foster_bond.rules.local_time import local_day
from foster_bond.rules.page_values.frame import AlertBanner
from foster_bond.rules.spoken_time import when
from foster_bond.steps.on_watch import Watch, watch_of
from foster_bond.store import agencies, alert_calls, alerts, covers, families, opened, pulses
from foster_bond.store.agencies import Agency
from foster_bond.store.alerts import Alert
from foster_bond.store.families import Family
from foster_bond.store.open_store import Session, Store

ONE_MINUTE = timedelta(minutes=1)
PULSE_LIMIT = timedelta(seconds=30)  # older, and the page says that the clock has stopped


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a page of this viewer at this moment."""

    agency: str
    pulse_age: timedelta | None  # None: the clock has never ticked
    banner: AlertBanner | None
    open_alerts: int  # that nobody has taken
    looks: int  # worth a careful look, that nobody has taken
    unwatched: bool  # no one of the rota can be reached at this hour
    stopped: tuple[str, ...]  # colleagues whose phone has sent STOP: alerts reach them by mail alone, or not at all
    mailed: bool  # whether there is mail

    @property
    def pulse_late(self) -> bool:
        return self.pulse_age is not None and self.pulse_age > PULSE_LIMIT


def read_frame(store: Store, viewer: Viewer, now: datetime, *, language: str = "en") -> Surroundings:
    """What the frame of a signed-in page shows: nothing of families that the viewer does not hold."""
    with store.read() as session:
        agency = agencies.by_id(session, viewer.agency_id)
        last = pulses.latest(session, by=now + PULSE_LIMIT)
        waiting = _groups(alerts.untaken(session, viewer))
        loud = [alert for alert in waiting if alert.priority == "now"]
        watch = watch_of(session, agency, now)
        banner = _banner(session, store, viewer, agency, watch, loud, now, language) if loud else None
        stopped = [one.name for one in watch.stopped if viewer.sees_all_families or one.id == viewer.staff_id]
    age = None if last is None else max(now - last, timedelta(0))
    return Surroundings(
        agency=agency.name, pulse_age=age, banner=banner, open_alerts=len(loud), looks=len(waiting) - len(loud),
        unwatched=not watch.has_rota(), stopped=tuple(stopped), mailed=watch.mailed,
    )  # fmt: skip


def _banner(
    session: Session, store: Store, viewer: Viewer, agency: Agency, watch: Watch, loud: list[Alert], now: datetime,
    language: str,
) -> AlertBanner:  # fmt: skip
    first = loud[0]
    family = families.by_id(session, viewer.agency_id, first.family_id)
    may_open = family is not None and bool(opened.which_opened(session, viewer, [family.id]))
    return AlertBanner(
        alert_id=first.id,
        category=first.category,
        family_name="" if family is None else families.name_of(session, store.vault, family),
        family_id=family.id if family is not None and may_open else "",
        raised=when(first.raised_at, (family or agency).zone, language=language, now=now),
        minutes=max(0, int((now - first.raised_at).total_seconds() // 60)),
        next_told=_next_told(session, first, family, watch, now),
        others=len(loud) - 1,
        drill=first.drill,
    )


def _next_told(session: Session, alert: Alert, family: Family | None, watch: Watch, now: datetime) -> str:
    """Who is called next, and when, if nobody takes it: first of all those who were not called yet."""
    at, rung = next_rung(alert.raised_at, alert.first_notified_at, now)
    own = None if family is None else family.caseworker_id
    if own is not None:
        today = local_day(now, agencies.by_id(session, alert.agency_id).zone)
        own = next(iter(covers.standing_in(session, alert.agency_id, own, today)), own)
    people = called(rung, watch.colleagues, caseworker=own, named=frozenset(alert.names_staff))
    so_far = {one.staff_id for one in alert_calls.told(session, alert.agency_id, [alert.id])}
    new = [one for one in people if one not in so_far]
    names = {one.id: one.name.split(" ")[0] for one in watch.reached}
    return next_call([names[one] for one in new or people], again=not new, minutes=-((now - at) // ONE_MINUTE))


def _groups(waiting: list[Alert]) -> list[Alert]:
    """The first of each group: five texts of one night are one cry for help."""
    first: dict[str, Alert] = {}
    for alert in waiting:
        first.setdefault(alert.group_id, alert)
    return list(first.values())
