"""Store → supervisors: how fast cries for help were told and taken, and the judged lines to measure with."""

import csv
import io
import json
from datetime import datetime

from foster_bond.errors import NotAllowed
from foster_bond.rules.access import Viewer
from foster_bond.rules.response_times import ResponseTimes, response_times
from foster_bond.steps.reading._courses import LOOK_BACK, course_of
from foster_bond.store import alert_courses, audit, inbound, moment_facts
from foster_bond.store.alerts import Alert
from foster_bond.store.open_store import Session, Store
from foster_bond.store.sealing import Place

MOST_LINES = 2000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read_response_times(store: Store, viewer: Viewer, now: datetime) -> ResponseTimes:
    """The last 90 days, one course for each trouble. Raises: NotAllowed for who does not see all families."""
    if not viewer.sees_all_families:
        raise NotAllowed("response times")
    with store.read() as session:
        found = alert_courses.raised_between(session, viewer, now - LOOK_BACK, now)
    groups: dict[str, list[Alert]] = {}
    for alert in found:
        groups.setdefault(alert.group_id, []).append(alert)
    return response_times(course_of(group) for group in groups.values())


def export_judged(store: Store, viewer: Viewer, now: datetime) -> str:
    """Closed alerts as labelled lines, CSV: a dismissed one as ordinary, any other as its category.

    People's own words stand in it, so the export is written down. Raises: NotAllowed.
    """
    if not viewer.sees_all_families:
        raise NotAllowed("labelled lines")
    with store.write() as session:
        judged = alert_courses.judged(session, viewer, MOST_LINES)
        texts = moment_facts.texts_in(session, viewer.agency_id, [one.inbound_id or "" for one in judged])
        lines = io.StringIO()
        rows = csv.writer(lines)
        rows.writerow(["text", "language", "category", "expected", "held_out", "kind"])
        for one in judged:
            said = inbound.said(session, store.vault, texts[one.inbound_id or ""])
            wrong = one.dismissed_why is not None
            category, expected = ("none", "none") if wrong else (one.category, one.priority)
            language = _language(session, store, one)
            rows.writerow([_plain(said), language, category, expected, "yes", one.dismissed_why or "true"])
        audit.write(
            session, viewer.agency_id, "labelled_lines_exported", now, staff_id=viewer.by, detail=str(len(judged))
        )
    return lines.getvalue()


def _language(session: Session, store: Store, alert: Alert) -> str:
    """The language of the pattern that was found; English where the reader failed."""
    if not alert.spans:
        return "en"
    spans = json.loads(store.vault.open(session, alert.spans, Place("alerts", "spans", alert.id)))
    return str(spans[0][3])[:2] if spans else "en"


def _plain(said: str) -> str:
    """A leading mark would make a spreadsheet compute it."""
    return f"'{said}" if said.startswith(_FORMULA) else said
