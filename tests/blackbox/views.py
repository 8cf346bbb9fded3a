"""The reporting views as the contract has them, and what must hold over their rows whatever has happened."""

import re
from collections import defaultdict
from datetime import date, datetime
from itertools import pairwise

from tests.blackbox.driver import Product, instant

VIEWS = {
    "v_agency": "id, slug",
    "v_family": "id, agency_id, ref",
    "v_member": "id, agency_id, family_id, ref, role, language, to_bidx, consent, paused_until, level",
    "v_enrolment": "id, agency_id, member_id, schedule_id, state, next_due_at",
    "v_occurrence": "id, agency_id, enrolment_id, occurrence_key, local_date, due_at, state, prompt_id, why",
    "v_outbound": "id, agency_id, family_id, member_id, enrolment_id, occurrence_key, kind, prompt_id, ref, state, "
    "reason, carrier_sid, to_bidx, due_at, created_at, claimed_at, accepted_at, attempts, not_before, not_after",
    "v_inbound": "id, agency_id, family_id, member_id, reflection_id, kind, carrier_sid, received_at, crisis",
    "v_reflection": "id, agency_id, family_id, member_id, occurrence_key, prompt_id, parts, late, first_at, last_at",
    "v_callback": "id, carrier_sid, status, received_at",
    "v_alert": "id, agency_id, inbound_id, category, priority, state, raised_at, first_notified_at, acknowledged_at",
    "v_consent_event": "id, agency_id, to_bidx, from_state, to_state, at, evidence_id",
    "v_state_log": "message_id, seq, from_state, to_state, at",
    "v_audit": "agency_id, seq, hash, prev_hash",
}
INSTANTS = ("paused_until", "next_due_at", "at", "not_before", "not_after")
MOVES = {
    None: {"scheduled"},
    "scheduled": {"sending", "cancelled", "suppressed", "expired"},
    "sending": {"accepted", "scheduled", "failed", "unknown", "suppressed"},
    "unknown": {"accepted", "scheduled", "unresolved"},
    "unresolved": {"accepted", "cancelled"},
    "accepted": {"sent", "delivered", "undelivered", "failed"},
    "sent": {"delivered", "undelivered", "failed"},
    "undelivered": {"delivered"},
}
STATES = {state for states in MOVES.values() for state in states}
PROMPT_LIKE = ("prompt", "nudge", "again", "flow_step")


def look_over(product: Product) -> None:
    """Columns, types, links, and the promises that every row of every view keeps."""
    for view, columns in VIEWS.items():
        assert product.columns(view) == columns.split(", "), view
        _types(product, view, columns.split(", "))
    _log_equals_rows(product)
    _texts_keep_their_window(product)
    _links_stay_inside(product)
    _inbound_and_alerts(product)
    _consent_is_evidenced(product)
    _chain_is_whole(product)


def _types(product: Product, view: str, columns: list[str]) -> None:
    for row in product.rows(f"SELECT * FROM {view}"):
        for name in columns:
            value = row[name]
            if value is None:
                continue
            if name in ("crisis", "late"):
                assert value in (0, 1) and (isinstance(value, bool) != product.is_sqlite), (view, name, value)
            elif name in INSTANTS or name.endswith("_at"):
                instant(value)
                assert isinstance(value, str if product.is_sqlite else datetime), (view, name, value)
            elif name == "local_date":
                assert isinstance(value, date) or re.fullmatch(r"\d{4}-\d\d-\d\d", value), value
            elif isinstance(value, str):
                assert not re.search(r"\+?\d{10,}", value) or re.search("[a-f-]", value), (view, name)


def _log_equals_rows(product: Product) -> None:
    moves = defaultdict(list)
    for row in product.rows("SELECT * FROM v_state_log ORDER BY message_id, seq"):
        moves[row["message_id"]].append(row)
    rows = product.rows("SELECT id, state FROM v_outbound")
    assert {row["id"] for row in rows} == set(moves)
    for row in rows:
        log = moves[row["id"]]
        assert [one["seq"] for one in log] == list(range(1, len(log) + 1))
        assert (log[0]["from_state"], log[0]["to_state"]) == (None, "scheduled")
        assert log[-1]["to_state"] == row["state"]
        assert all(later["from_state"] == earlier["to_state"] for earlier, later in pairwise(log))
        assert all(one["to_state"] in MOVES[one["from_state"]] for one in log)


def _texts_keep_their_window(product: Product) -> None:
    rows = product.rows("SELECT * FROM v_outbound")
    keys = [row["occurrence_key"] for row in rows if row["kind"] == "prompt"]
    assert len(keys) == len(set(keys)) and None not in keys
    sids = [row["carrier_sid"] for row in rows if row["carrier_sid"] is not None]
    assert len(sids) == len(set(sids))
    assert len({row["ref"] for row in rows}) == len(rows)
    known = {row["occurrence_key"] for row in product.rows("SELECT occurrence_key FROM v_occurrence")}
    for row in rows:
        assert row["state"] in STATES
        assert instant(row["not_before"]) < instant(row["not_after"])
        assert row["occurrence_key"] is None or row["occurrence_key"] in known
        if row["state"] == "scheduled":
            assert row["claimed_at"] is None and row["carrier_sid"] is None
        elif row["claimed_at"] is not None:
            assert instant(row["not_before"]) <= instant(row["claimed_at"]) < instant(row["not_after"]), row
        if row["accepted_at"] is not None:
            assert row["carrier_sid"] and row["attempts"] >= 1 and row["claimed_at"] is not None, row


def _links_stay_inside(product: Product) -> None:
    members = {row["id"]: row for row in product.rows("SELECT * FROM v_member")}
    families = {row["id"]: row for row in product.rows("SELECT * FROM v_family")}
    for view in ("v_outbound", "v_inbound", "v_reflection"):
        for row in product.rows(f"SELECT agency_id, family_id, member_id FROM {view}"):
            for found in (members.get(row["member_id"]), families.get(row["family_id"])):
                assert found is None or found["agency_id"] == row["agency_id"]
    assert all(families[one["family_id"]]["agency_id"] == one["agency_id"] for one in members.values())


def _inbound_and_alerts(product: Product) -> None:
    texts = product.rows("SELECT * FROM v_inbound")
    sids = [row["carrier_sid"] for row in texts]
    assert len(sids) == len(set(sids))
    alerts = {row["inbound_id"] for row in product.rows("SELECT inbound_id FROM v_alert")}
    assert {row["id"] for row in texts if row["crisis"]} == alerts
    reflections = {row["id"]: row["parts"] for row in product.rows("SELECT id, parts FROM v_reflection")}
    filed: dict[str, int] = defaultdict(int)
    for row in texts:
        if row["reflection_id"] is not None:
            filed[row["reflection_id"]] += 1
    assert filed == reflections


def _consent_is_evidenced(product: Product) -> None:
    inbound = {row["id"] for row in product.rows("SELECT id FROM v_inbound")}
    last: dict[str, str] = {}
    for row in product.rows("SELECT * FROM v_consent_event ORDER BY at, id"):
        assert row["from_state"] == last.get(row["to_bidx"], "none"), row
        assert row["evidence_id"]
        if row["from_state"] == "stopped":
            assert row["evidence_id"] in inbound
        last[row["to_bidx"]] = row["to_state"]
    for member in product.rows("SELECT to_bidx, consent FROM v_member"):
        assert member["consent"] == last.get(member["to_bidx"], "none")


def _chain_is_whole(product: Product) -> None:
    chains = defaultdict(list)
    for row in product.rows("SELECT * FROM v_audit ORDER BY agency_id, seq"):
        chains[row["agency_id"]].append(row)
    for chain in chains.values():
        assert [row["seq"] for row in chain] == list(range(1, len(chain) + 1))
        assert all(later["prev_hash"] == earlier["hash"] for earlier, later in pairwise(chain))
