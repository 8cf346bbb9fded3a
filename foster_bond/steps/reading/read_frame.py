"""Store → every page: the pulse of the clock, and whether somebody cries for help."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from foster_bond.rules.access import Viewer
from foster_bond.rules.page_values.frame import AlertBanner
from foster_bond.rules.spoken_time import when
from foster_bond.store import agencies, alerts, families, pulses
from foster_bond.store.alerts import Alert
from foster_bond.store.open_store import Store

PULSE_LIMIT = timedelta(seconds=30)  # older, and the page says that the clock has stopped


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a page of this viewer at this moment."""

    agency: str
    pulse_age: timedelta | None  # None: the clock has never ticked
    banner: AlertBanner | None
    open_alerts: int

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
        banner = None
        if loud:
            family = families.by_id(session, viewer.agency_id, loud[0].family_id)
            banner = AlertBanner(
                alert_id=loud[0].id,
                category=loud[0].category,
                family_name="" if family is None else families.name_of(session, store.vault, family),
                family_id="" if family is None or not families.which_held(session, viewer, [family.id]) else family.id,
                raised=when(loud[0].raised_at, (family or agency).zone, language=language, now=now),
                minutes=max(0, int((now - loud[0].raised_at).total_seconds() // 60)),
                next_told="",
                others=len(loud) - 1,
            )
    age = None if last is None else max(now - last, timedelta(0))
    return Surroundings(agency=agency.name, pulse_age=age, banner=banner, open_alerts=len(waiting))


def _groups(waiting: list[Alert]) -> list[Alert]:
    """The first of each group: five texts of one night are one cry for help."""
    first: dict[str, Alert] = {}
    for alert in waiting:
        first.setdefault(alert.group_id, alert)
    return list(first.values())
