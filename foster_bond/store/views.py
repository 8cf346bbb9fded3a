"""Store: the reporting views, the read-only surface that other people's scripts rely on (contract.md, version 1).

No bodies, no numbers. Times are UTC: text on SQLite, timestamptz on PostgreSQL; booleans are 0/1 on SQLite.
"""

VERSION = 1

# The enrolment's own column is the first slot that is no row yet; a reader means the next slot that is still to come.
_NEXT_DUE = (
    "coalesce((SELECT min(n.due_at) FROM occurrences n WHERE n.enrolment_id = t.id AND n.state = 'planned'), "
    "t.next_due_at)"
)

# name -> (FROM clause, columns). "@x" is an instant, "?x" a boolean; "expression AS x" is taken as it stands.
_VIEWS: dict[str, tuple[str, str]] = {
    "v_agency": ("agencies t", "id, slug"),
    "v_family": ("families t", "id, agency_id, ref"),
    "v_member": (
        "members t LEFT JOIN consents c ON c.agency_id = t.agency_id AND c.to_bidx = t.to_bidx",
        "id, agency_id, family_id, ref, role, language, to_bidx, coalesce(c.state, 'none') AS consent, "
        "@paused_until, level",
    ),
    "v_enrolment": (
        "enrolments t JOIN schedules s ON s.agency_id = t.agency_id AND s.id = t.schedule_id",
        "id, agency_id, member_id, s.key AS schedule_id, state, {next} AS next_due_at",
    ),
    "v_occurrence": (
        "occurrences t",
        "id, agency_id, enrolment_id, {key} AS occurrence_key, local_date, @due_at, state, "
        "t.prompt_key AS prompt_id, why",
    ),
    "v_outbound": (
        "outbox_messages t LEFT JOIN occurrences o ON o.agency_id = t.agency_id AND o.id = t.occurrence_id",
        "id, agency_id, family_id, member_id, enrolment_id, "
        "CASE WHEN t.kind = 'prompt' THEN {okey} END AS occurrence_key, "
        "kind, t.prompt_key AS prompt_id, ref, state, reason, carrier_sid, to_bidx, @due_at, @created_at, "
        "@claimed_at, @accepted_at, attempts, "
        "@not_before, @not_after",
    ),
    "v_inbound": (
        "inbound_texts t",
        "id, agency_id, family_id, member_id, reflection_id, kind, carrier_sid, @received_at, ?crisis",
    ),
    "v_reflection": (
        "reflections t LEFT JOIN occurrences o ON o.agency_id = t.agency_id AND o.id = t.occurrence_id",
        "id, agency_id, family_id, member_id, {okey} AS occurrence_key, t.prompt_key AS prompt_id, parts, ?late, "
        "@first_at, @last_at",
    ),
    "v_callback": ("callbacks t", "id, carrier_sid, status, @received_at"),
    "v_alert": (
        "alerts t WHERE t.inbound_id IS NOT NULL",  # a drill is no cry for help
        "id, agency_id, inbound_id, category, priority, state, @raised_at, @first_notified_at, @acknowledged_at",
    ),
    "v_consent_event": ("consent_events t", "id, agency_id, to_bidx, from_state, to_state, @at, evidence_id"),
    "v_state_log": ("state_log t", "message_id, seq, from_state, to_state, @at"),
    "v_audit": ("audit_events t WHERE t.seq IS NOT NULL", "agency_id, seq, hash, prev_hash"),
}


def _key(alias: str, *, sqlite: bool) -> str:
    day = f"{alias}.local_date" if sqlite else f"to_char({alias}.local_date, 'YYYY-MM-DD')"
    return f"{alias}.enrolment_id || ':' || {day} || ':' || {alias}.slot"


def _instant(expression: str, *, sqlite: bool) -> str:
    if not sqlite:
        return expression
    return f"substr({expression}, 1, 10) || 'T' || substr({expression}, 12, 15) || 'Z'"


def _column(column: str, *, sqlite: bool) -> str:
    column = column.strip()
    if " AS " in column:
        return column.format(
            key=_key("t", sqlite=sqlite), okey=_key("o", sqlite=sqlite), next=_instant(_NEXT_DUE, sqlite=sqlite)
        )
    if column.startswith("@"):
        name = column[1:]
        return f"{_instant(f't.{name}', sqlite=sqlite)} AS {name}"
    return f"t.{column.lstrip('?')}"


def _split(columns: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for index, letter in enumerate(columns):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append(columns[start:index])
            start = index + 1
    return [*parts, columns[start:]]


def create_statements(*, sqlite: bool) -> list[str]:
    """CREATE VIEW for each view of the contract, in the dialect's own words."""
    return [
        f"CREATE VIEW {name} AS SELECT "  # noqa: S608  built from the fixed words above, never from input
        + ", ".join(_column(column, sqlite=sqlite) for column in _split(columns))
        + f" FROM {source}"
        for name, (source, columns) in _VIEWS.items()
    ]


def drop_statements() -> list[str]:
    return [f"DROP VIEW IF EXISTS {name}" for name in _VIEWS]


def names() -> tuple[str, ...]:
    return tuple(_VIEWS)
