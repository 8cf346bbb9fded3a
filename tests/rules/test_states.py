"""The tables of moves: every state has its row, can be reached, and only the moves of design.md section 5 exist."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import product
from typing import Any

import pytest

from foster_bond.rules.kinds import MANNERS, PROMPT_LIKE, Kind
from foster_bond.rules.states import (
    ALERT_MOVES,
    CONSENT_MOVES,
    ENROLMENT_MOVES,
    FINAL_OUTBOUND,
    OCCURRENCE_MOVES,
    OUTBOUND_MOVES,
    AlertState,
    Consent,
    EnrolmentState,
    OccurrenceState,
    Outbound,
    may_move,
)

TABLES: list[tuple[type[StrEnum], Mapping[Any, frozenset[Any]], Any]] = [
    (Outbound, OUTBOUND_MOVES, None),
    (Consent, CONSENT_MOVES, Consent.NONE),
    (AlertState, ALERT_MOVES, AlertState.RAISED),
    (OccurrenceState, OCCURRENCE_MOVES, OccurrenceState.PLANNED),
    (EnrolmentState, ENROLMENT_MOVES, EnrolmentState.ACTIVE),
]


@pytest.mark.parametrize(("words", "moves", "start"), TABLES, ids=lambda part: getattr(part, "__name__", ""))
def test_every_state_has_its_row_and_can_be_reached(words: type[StrEnum], moves: Mapping[Any, Any], start: Any) -> None:
    assert set(words) == set(moves) - {None}
    reached, edge = set(), [start]
    while edge:
        state = edge.pop()
        if state not in reached:
            reached.add(state)
            edge += moves[state]
    assert reached - {None} == set(words)
    assert all(state not in after for state, after in moves.items())  # nothing moves to where it stands


def test_final_texts_stay_final_but_for_a_late_delivery() -> None:
    onwards = {(before, after) for before in FINAL_OUTBOUND for after in OUTBOUND_MOVES[before]}
    assert onwards == {(Outbound.UNDELIVERED, Outbound.DELIVERED)}
    assert {state for state in Outbound if not OUTBOUND_MOVES[state]} == FINAL_OUTBOUND - {Outbound.UNDELIVERED}


def test_nothing_is_sent_from_doubt() -> None:
    into_sending = {before for before in OUTBOUND_MOVES if may_move(before, Outbound.SENDING)}
    assert into_sending == {Outbound.SCHEDULED}
    assert not may_move(Outbound.UNKNOWN, Outbound.FAILED) and not may_move(Outbound.UNRESOLVED, Outbound.SCHEDULED)
    assert {after for before, after in product([None], Outbound) if may_move(before, after)} == {Outbound.SCHEDULED}


def test_from_stopped_only_agreement_leads_back() -> None:
    assert CONSENT_MOVES[Consent.STOPPED] == {Consent.ACTIVE}
    assert all(Consent.STOPPED in CONSENT_MOVES[state] for state in Consent if state is not Consent.STOPPED)


def test_every_kind_has_its_manners() -> None:
    assert set(MANNERS) == set(Kind)
    assert {kind for kind, manners in MANNERS.items() if manners.caps} <= PROMPT_LIKE
    ranks = [Kind.STAFF_ALERT, Kind.CRISIS_REPLY, Kind.KEYWORD_REPLY, Kind.PROMPT, Kind.NUDGE]
    assert [MANNERS[kind].rank for kind in ranks] == sorted(MANNERS[kind].rank for kind in ranks)
