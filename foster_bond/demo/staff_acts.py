"""The demo's staff: what they do on their pages, done by the same steps, so that every page has something to show."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from foster_bond.library.demo_story import Act, Home, Story
from foster_bond.rules.access import Role, Viewer
from foster_bond.rules.local_time import local_day
from foster_bond.runtime import Runtime
from foster_bond.steps.asking.mark_dates import add_family_date, record_placement
from foster_bond.steps.asking.offer_flow import NotOffered, offer_flow
from foster_bond.steps.asking.switch_relationship import switch_relationship
from foster_bond.steps.hearing.dismiss_alert import dismiss_alert
from foster_bond.steps.keeping.act_as_colleague import act_as_colleague
from foster_bond.steps.keeping.act_as_operator import act_as_operator
from foster_bond.steps.keeping.end_texts import decide
from foster_bond.steps.keeping.follow_up import add_follow_up
from foster_bond.steps.keeping.hand_over import hand_over
from foster_bond.steps.keeping.visit_family import plan_visit, record_visit
from foster_bond.steps.keeping.write_note import write_note
from foster_bond.steps.reading.export_family import find_family
from foster_bond.steps.reading.read_alerts import read_alerts
from foster_bond.steps.reading.read_leaving import read_leaving

Doing = Callable[["Desk", Mapping[str, Any], datetime], object]


class Desk:
    """One colleague at the pages of one family."""

    def __init__(self, runtime: Runtime, story: Story, home: Home, key: str, now: datetime) -> None:
        self.store, self.zone, self.home = runtime.store, home.zone, home
        self._agency_id = act_as_operator(self.store, slug=story.slug).agency_id
        self._email = {one.key: one.email for one in story.staff}
        self.viewer = self.colleague(key)
        self.family_id = find_family(self.store, self.viewer, home.ref)
        members = read_leaving(self.store, self.viewer, self.family_id, now).members
        self.member_ids = {one.name: one.member_id for one in members}

    def colleague(self, key: str) -> Viewer:
        """Whose key it is in the story."""
        return act_as_colleague(self.store, agency_id=self._agency_id, email=self._email[key])

    def day(self, now: datetime, ahead: int = 0) -> str:
        """So many days ahead on the family's wall, as a form would have it."""
        return (local_day(now, self.zone) + timedelta(days=ahead)).isoformat()

    def once(self, now: datetime) -> str:
        """What a form would send along, so that it counts once."""
        return f"{self.home.family}-{now.isoformat()}"


def do_act(runtime: Runtime, story: Story, home: Home, act: Act, now: datetime) -> None:
    """Do what the story has a colleague do. Raises: whatever the step raises: a story that cannot be is a bug."""
    _ACTS[act.does](Desk(runtime, story, home, act.by, now), act.words, now)


def read_careful_looks(runtime: Runtime, story: Story, now: datetime) -> None:
    """What woke nobody has been read by its worker within the working day, as it should be."""
    agency_id = act_as_operator(runtime.store, slug=story.slug).agency_id
    for one in story.staff:
        if one.role != Role.CASEWORKER.value:
            continue
        viewer = act_as_colleague(runtime.store, agency_id=agency_id, email=one.email)
        for alert in read_alerts(runtime.store, viewer, now).open:
            if alert.priority == "review":
                dismiss_alert(runtime.store, viewer, alert.alert_id, "misread", now)


def _marks_a_date(desk: Desk, words: Mapping[str, Any], now: datetime) -> object:
    typed = {"kind": words["kind"], "day": desk.day(now, words["days_ahead"]), "note": words.get("note", "")}
    return add_family_date(desk.store, desk.viewer, desk.family_id, typed, now)


def _plans_a_visit(desk: Desk, words: Mapping[str, Any], now: datetime) -> object:
    day = desk.day(now, words["days_ahead"])
    return plan_visit(desk.store, desk.viewer, desk.family_id, day, now, once_key=desk.once(now))


def _visited(desk: Desk, words: Mapping[str, Any], now: datetime) -> object:
    note = words.get("note", "")
    return record_visit(desk.store, desk.viewer, desk.family_id, desk.day(now), note, now, once_key=desk.once(now))


def _notes(desk: Desk, words: Mapping[str, Any], now: datetime) -> object:
    return write_note(desk.store, desk.viewer, desk.family_id, words["words"], now, once_key=desk.once(now))


def _follows_up(desk: Desk, words: Mapping[str, Any], now: datetime) -> object:
    day = desk.day(now, words["days_ahead"])
    return add_follow_up(desk.store, desk.viewer, desk.family_id, words["words"], day, now, once_key=desk.once(now))


def _offers(desk: Desk, words: Mapping[str, Any], now: datetime) -> object:
    to = desk.member_ids[words.get("to") or desk.home.people[0].name]
    try:
        return offer_flow(desk.store, desk.viewer, desk.family_id, to, words["flow"], now)
    except NotOffered:  # in a shorter story they have not come that far; the page says why
        return None


def _rests(desk: Desk, words: Mapping[str, Any], now: datetime) -> object:
    typed = {"what": "respite", "since": desk.day(now), "through": desk.day(now, words["days"])}
    return record_placement(desk.store, desk.viewer, desk.family_id, typed, now)


def _ends_the_placement(desk: Desk, words: Mapping[str, Any], now: datetime) -> None:
    typed = {"what": "ending", "since": desk.day(now), "note": words.get("note", "")}
    record_placement(desk.store, desk.viewer, desk.family_id, typed, now)
    (stopped,) = read_leaving(desk.store, desk.viewer, desk.family_id, now).departures
    decide(desk.store, desk.viewer, stopped.departure_id, now, told=True, closing_note=True, aftercare=False)


def _switches_relationship_on(desk: Desk, words: Mapping[str, Any], now: datetime) -> None:
    switch_relationship(desk.store, desk.viewer, desk.family_id, is_on=True, reason=words["reason"], now=now)


def _hands_over(desk: Desk, words: Mapping[str, Any], now: datetime) -> object:
    return hand_over(desk.store, desk.viewer, [desk.family_id], desk.colleague(words["to"]).staff_id, now)


_ACTS: Mapping[str, Doing] = {
    "date": _marks_a_date,
    "plan_visit": _plans_a_visit,
    "visited": _visited,
    "note": _notes,
    "follow_up": _follows_up,
    "offer": _offers,
    "respite": _rests,
    "end_placement": _ends_the_placement,
    "relationship_on": _switches_relationship_on,
    "hand_over": _hands_over,
}
