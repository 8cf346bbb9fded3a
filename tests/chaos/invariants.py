"""What must hold after anything (design.md section 5), asked of the reporting views alone, on both engines.

Each rule is a query that finds what breaks it, or a look at rows where two clocks have to be compared. Any test may
ask: `assert broken(Evidence(rows=product.rows, now=product.now())) == []`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from tests.loopback_carrier import Record

Row = Mapping[str, Any]

MOVES: dict[str | None, set[str]] = {
    None: {"scheduled"},
    "scheduled": {"sending", "cancelled", "suppressed", "expired"},
    "sending": {"accepted", "scheduled", "failed", "unknown", "suppressed"},
    "unknown": {"accepted", "scheduled", "unresolved"},
    "unresolved": {"accepted", "cancelled"},
    "accepted": {"sent", "delivered", "undelivered", "failed"},
    "sent": {"delivered", "undelivered", "failed"},
    "undelivered": {"delivered"},
}
PROMPT_LIKE = ("prompt", "nudge", "again", "flow_step")
NEED_CONSENT = (*PROMPT_LIKE, "welcome", "ack", "staff_reply")
POLITE = (*PROMPT_LIKE, "consent_ask", "ack", "staff_reply")
STOP_BINDS_WITHIN = timedelta(seconds=1)
TOLD_WITHIN = timedelta(seconds=60)
OVERDUE = timedelta(seconds=30)  # a sender looks every second; the rest is for a busy machine


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is looked at. `rows` asks the views; `carried` is what the carrier took, `knocked` the texts it posted."""

    rows: Callable[[str], Sequence[Row]]
    now: datetime
    carried: Sequence[Record] | None = None
    knocked: Sequence[Record] | None = None
    quiet: bool = True  # everything has had the time to end
    forward: bool = True  # the clock was never set back, so instants of different texts can be compared
    steady: bool = False  # nor set forward while an alert was open: told within 60 s can be asked
    zone: str | None = None  # where everybody lives, if polite hours shall be looked at
    hour: int | None = None  # at which every day has a slot, if the plan shall equal a calendar


def broken(evidence: Evidence) -> list[str]:
    """Every way in which something does not hold; empty is well."""
    found = [
        f"{name}: {dict(row)}"
        for name, query in {**ALWAYS, **(AT_REST if evidence.quiet else {})}.items()
        for row in evidence.rows(query)[:3]
    ]
    for look in LOOKS:
        found += [f"{look.__name__.strip('_').replace('_', ' ')}: {words}" for words in look(evidence)]
    return found


def _listed(words: Sequence[str]) -> str:
    return "(" + ", ".join(f"'{word}'" for word in words) + ")"


_ALLOWED = " OR ".join(
    f"(coalesce(from_state, 'none') = '{before or 'none'}' AND to_state IN {_listed(sorted(after))})"
    for before, after in MOVES.items()
)


def _stray(view: str, link: str, target: str) -> str:
    """Rows whose link leads to another agency, or to nothing."""
    return (
        f"SELECT '{view}' AS view, a.id, a.{link} FROM {view} a LEFT JOIN {target} b ON b.id = a.{link} "
        f"WHERE a.{link} IS NOT NULL AND (b.id IS NULL OR b.agency_id <> a.agency_id)"
    )


ALWAYS: dict[str, str] = {
    "one outbox row per occurrence": (
        "SELECT occurrence_key FROM v_outbound WHERE occurrence_key IS NOT NULL AND kind = 'prompt' "
        "GROUP BY occurrence_key HAVING count(*) > 1"
    ),
    "one id of the carrier per text": (
        "SELECT carrier_sid FROM v_outbound WHERE carrier_sid IS NOT NULL GROUP BY carrier_sid HAVING count(*) > 1"
    ),
    "one prompt-like text in flight per person": (
        f"SELECT agency_id, to_bidx FROM v_outbound WHERE kind IN {_listed(PROMPT_LIKE)} "
        "AND state IN ('sending', 'unknown') GROUP BY agency_id, to_bidx HAVING count(*) > 1"
    ),
    "an accepted text has the carrier's id": (
        "SELECT id, state FROM v_outbound WHERE state IN ('accepted', 'sent', 'delivered', 'undelivered') "
        "AND (carrier_sid IS NULL OR accepted_at IS NULL OR claimed_at IS NULL)"
    ),
    "a waiting text is nobody's": (
        "SELECT id FROM v_outbound WHERE state = 'scheduled' AND (claimed_at IS NOT NULL OR carrier_sid IS NOT NULL)"
    ),
    "claimed inside its window": (
        "SELECT id, not_before, claimed_at, not_after FROM v_outbound WHERE claimed_at IS NOT NULL "
        "AND (claimed_at < not_before OR claimed_at >= not_after)"
    ),
    "only moves of the table": f"SELECT message_id, seq, from_state, to_state FROM v_state_log WHERE NOT ({_ALLOWED})",
    "the log counts from 1 without gaps": (
        "SELECT message_id, max(seq) AS last, count(*) AS lines FROM v_state_log GROUP BY message_id "
        "HAVING max(seq) <> count(*) OR min(seq) <> 1 OR count(DISTINCT seq) <> count(*)"
    ),
    "the log is a chain": (
        "SELECT b.message_id, b.seq FROM v_state_log b JOIN v_state_log a "
        "ON a.message_id = b.message_id AND a.seq = b.seq - 1 WHERE b.from_state IS NULL OR b.from_state <> a.to_state"
    ),
    "the log equals the row": (
        "SELECT o.id, o.state, l.to_state FROM v_outbound o LEFT JOIN v_state_log l ON l.message_id = o.id AND "
        "l.seq = (SELECT max(seq) FROM v_state_log m WHERE m.message_id = o.id) "
        "WHERE l.to_state IS NULL OR l.to_state <> o.state"
    ),
    "a text in is stored once": (
        "SELECT carrier_sid FROM v_inbound GROUP BY carrier_sid HAVING count(*) > 1"
    ),
    "a cry for help has its alert": (
        "SELECT i.id FROM v_inbound i LEFT JOIN v_alert a ON a.inbound_id = i.id "
        "WHERE CAST(i.crisis AS INTEGER) = 1 AND a.id IS NULL"
    ),
    "an answer counts its parts": (
        "SELECT r.id, r.parts FROM v_reflection r WHERE r.parts <> "
        "(SELECT count(*) FROM v_inbound i WHERE i.reflection_id = r.id)"
    ),
    "nobody returns from stopped without evidence": (
        "SELECT e.id FROM v_consent_event e LEFT JOIN v_inbound i ON i.id = e.evidence_id "
        "WHERE e.from_state = 'stopped' AND (e.evidence_id IS NULL OR (i.id IS NULL AND e.evidence_id <> e.id))"
    ),
    "the audit is a chain": (
        "SELECT b.agency_id, b.seq FROM v_audit b "
        "LEFT JOIN v_audit a ON a.agency_id = b.agency_id AND a.seq = b.seq - 1 "
        "WHERE (b.seq > 1 AND (a.hash IS NULL OR a.hash <> b.prev_hash)) OR b.seq < 1"
    ),
    **{
        f"{view}.{link} stays in its agency": _stray(view, link, target)
        for view, link, target in (
            ("v_member", "family_id", "v_family"), ("v_enrolment", "member_id", "v_member"),
            ("v_occurrence", "enrolment_id", "v_enrolment"), ("v_outbound", "member_id", "v_member"),
            ("v_outbound", "family_id", "v_family"), ("v_outbound", "enrolment_id", "v_enrolment"),
            ("v_inbound", "member_id", "v_member"), ("v_inbound", "family_id", "v_family"),
            ("v_inbound", "reflection_id", "v_reflection"), ("v_reflection", "member_id", "v_member"),
            ("v_alert", "inbound_id", "v_inbound"),
        )
    },
}  # fmt: skip

AT_REST: dict[str, str] = {
    "no stuck claim": "SELECT id, state, claimed_at FROM v_outbound WHERE state IN ('sending', 'unknown')",
    "somebody was told of every alert": (
        "SELECT id, raised_at FROM v_alert WHERE priority = 'now' AND first_notified_at IS NULL"
    ),
}


def _nothing_open_past_its_window(evidence: Evidence) -> Iterator[str]:
    for row in evidence.rows("SELECT id, not_after FROM v_outbound WHERE state = 'scheduled'"):
        if evidence.quiet and instant(row["not_after"]) < evidence.now - OVERDUE:
            yield str(row["id"])


def _once_at_the_carrier_and_known_on_both_sides(evidence: Evidence) -> Iterator[str]:
    if evidence.carried is None:
        return
    refs = Counter(one.ref for one in evidence.carried)
    yield from (f"ref taken {count} times" for count in refs.values() if count > 1)
    ours = {row["ref"]: row for row in evidence.rows("SELECT ref, state, carrier_sid FROM v_outbound")}
    theirs = {one.ref: one for one in evidence.carried}
    for ref, there in theirs.items():
        if ref not in ours:
            yield f"{there.sid} was never written down here"
        elif evidence.quiet and ours[ref]["carrier_sid"] != there.sid:
            yield f"{there.sid} is {ours[ref]['state']} with {ours[ref]['carrier_sid']} here"
    yield from (
        f"{row['carrier_sid']} is not known there"
        for ref, row in ours.items()
        if evidence.quiet and row["carrier_sid"] is not None and ref not in theirs
    )


def _every_text_in_is_here(evidence: Evidence) -> Iterator[str]:
    if evidence.knocked is None:
        return
    here = {row["carrier_sid"] for row in evidence.rows("SELECT carrier_sid FROM v_inbound")}
    yield from (f"{one.sid} was lost" for one in evidence.knocked if one.sid not in here)


def _gate_open_at_every_claim(evidence: Evidence) -> Iterator[str]:
    if not evidence.forward:
        return
    events: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for row in evidence.rows("SELECT to_bidx, to_state, at FROM v_consent_event ORDER BY at, id"):
        events[row["to_bidx"]].append((instant(row["at"]), row["to_state"]))
    for row in evidence.rows(
        "SELECT o.id, o.kind, o.to_bidx, l.at FROM v_state_log l JOIN v_outbound o ON o.id = l.message_id "
        "WHERE l.to_state = 'sending'"
    ):
        at = instant(row["at"])
        if row["kind"] in NEED_CONSENT and not _agreed(events[row["to_bidx"]], at):
            yield f"{row['kind']} {row['id']} was claimed at {at} without consent"
        if evidence.zone is not None and row["kind"] in POLITE and not _polite(at.astimezone(ZoneInfo(evidence.zone))):
            yield f"{row['kind']} {row['id']} was claimed outside polite hours, at {at}"


def _agreed(events: Sequence[tuple[datetime, str]], at: datetime) -> bool:
    """Consent was active at that instant, or had been until a second before."""
    states = [(when, state) for when, state in events if when <= at]
    while states and states[-1][1] != "active" and at - states[-1][0] <= STOP_BINDS_WITHIN:
        states.pop()
    return bool(states) and states[-1][1] == "active"


def _polite(local: datetime) -> bool:
    return (12 if local.weekday() == 6 else 9) <= local.hour < 20


def _consent_stands_where_its_ledger_says(evidence: Evidence) -> Iterator[str]:
    last: dict[tuple[str, str], str] = {}
    for row in evidence.rows("SELECT id, agency_id, to_bidx, from_state, to_state FROM v_consent_event ORDER BY id"):
        number = row["agency_id"], row["to_bidx"]
        if row["from_state"] != last.get(number, "none"):
            yield f"{row['id']} starts from {row['from_state']}, but the number stood at {last.get(number, 'none')}"
        last[number] = row["to_state"]
    for row in evidence.rows("SELECT id, agency_id, to_bidx, consent FROM v_member"):
        if row["consent"] != last.get((row["agency_id"], row["to_bidx"]), "none"):
            yield f"member {row['id']} is {row['consent']}"


def _one_in_flight_at_every_moment(evidence: Evidence) -> Iterator[str]:
    """The log's own times: from its claim until its answer was settled, a prompt-like text is alone."""
    if not evidence.forward:
        return
    flights: dict[str, list[tuple[datetime, datetime, str]]] = defaultdict(list)
    since: dict[str, datetime] = {}
    for row in evidence.rows(
        f"SELECT o.id, o.to_bidx, l.to_state, l.at FROM v_state_log l JOIN v_outbound o ON o.id = l.message_id "
        f"WHERE o.kind IN {_listed(PROMPT_LIKE)} ORDER BY o.id, l.seq"
    ):
        if row["to_state"] == "sending":
            since[row["id"]] = instant(row["at"])
        elif row["to_state"] != "unknown" and row["id"] in since:
            flights[row["to_bidx"]].append((since.pop(row["id"]), instant(row["at"]), row["id"]))
    for some in flights.values():
        yield from (
            f"{later[2]} began before {earlier[2]} was settled"
            for earlier, later in pairwise(sorted(some))
            if later[0] < earlier[1] and later[2] != earlier[2]
        )


def _told_within_a_minute(evidence: Evidence) -> Iterator[str]:
    for row in evidence.rows("SELECT id, priority, raised_at, first_notified_at FROM v_alert"):
        if evidence.steady and row["priority"] == "now" and row["first_notified_at"] is not None:
            took = instant(row["first_notified_at"]) - instant(row["raised_at"])
            if took > TOLD_WITHIN:
                yield f"{row['id']} took {took}"


def _planned_as_a_calendar_says(evidence: Evidence) -> Iterator[str]:
    """Every enrolment has one slot a day at the hour, from its first day to its last, none missing, none twice."""
    if evidence.hour is None or evidence.zone is None:
        return
    days: dict[str, list[datetime]] = defaultdict(list)
    for row in evidence.rows("SELECT enrolment_id, due_at FROM v_occurrence ORDER BY due_at"):
        days[row["enrolment_id"]].append(instant(row["due_at"]).astimezone(ZoneInfo(evidence.zone)))
    for enrolment, slots in days.items():
        wanted = [slots[0].date() + timedelta(days=number) for number in range(len(slots))]
        if [slot.date() for slot in slots] != wanted:
            yield f"{enrolment} skips or repeats a day"
        if {(slot.hour, slot.minute) for slot in slots} != {(evidence.hour, 0)}:
            yield f"{enrolment} has a slot at another hour"


LOOKS: tuple[Callable[[Evidence], Iterator[str]], ...] = (
    _nothing_open_past_its_window,
    _once_at_the_carrier_and_known_on_both_sides,
    _every_text_in_is_here,
    _gate_open_at_every_claim,
    _consent_stands_where_its_ledger_says,
    _one_in_flight_at_every_moment,
    _told_within_a_minute,
    _planned_as_a_calendar_says,
)


def readable(found: bytes, secrets: Sequence[str]) -> list[str]:
    """Which of these sentences and numbers stand in the clear in a database file, its WAL or a log."""
    text = found.decode("utf-8", "replace")
    return [secret for secret in secrets if secret in text or (secret.startswith("+") and secret[2:] in text)]


def instant(value: Any) -> datetime:
    """An instant of a view: text on SQLite, timestamptz on PostgreSQL."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value
