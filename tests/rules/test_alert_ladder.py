"""Who is called when, until somebody takes the alert."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.rules.access import Role
from foster_bond.rules.alert_ladder import FIRST, Colleague, Rung, called, rung_at

RAISED = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("minutes", "told", "rung"),
    [
        (0.5, False, None),  # the first notice is on its way
        (1, False, Rung(-1)),  # no channel took it: said again to the same people
        (3, False, Rung(-3)),
        (3, True, None),  # they know; they have a quarter of an hour
        (15, True, Rung(2, supervisors=True)),
        (15, False, Rung(-15, supervisors=True)),  # still nobody told: every minute, and the supervisor too
        (29.9, True, Rung(2, supervisors=True)),
        (30, True, Rung(3, supervisors=True, more=1)),
        (39.9, True, Rung(3, supervisors=True, more=1)),
        (40, True, Rung(4, supervisors=True, more=2)),  # then every ten minutes one person more
        (41, False, Rung(-41, supervisors=True, more=2)),
        (600, True, Rung(60, supervisors=True, more=58)),
    ],
)
def test_each_age_has_its_rung(minutes: float, told: bool, rung: Rung | None) -> None:
    assert rung_at(RAISED, RAISED if told else None, RAISED + minutes * MINUTE) == rung


@given(st.integers(min_value=30, max_value=100_000))
def test_it_never_falls_silent(minutes: int) -> None:
    earlier = rung_at(RAISED, RAISED, RAISED + minutes * MINUTE)
    later = rung_at(RAISED, RAISED, RAISED + (minutes + 10) * MINUTE)
    assert earlier is not None and later is not None and later.number == earlier.number + 1


MINA = Colleague("mina", Role.CASEWORKER)
CAL = Colleague("cal", Role.CASEWORKER, on_call=True)
TOM = Colleague("tom", Role.SUPERVISOR)
LENA = Colleague("lena", Role.LEAD)
ADA = Colleague("ada", Role.ADMIN)
HARBOR = (MINA, CAL, TOM, LENA, ADA)
SUPERVISED = Rung(2, supervisors=True)


@pytest.mark.parametrize(
    ("people", "rung", "own", "named", "expected"),
    [
        (HARBOR, FIRST, "mina", (), ("mina", "cal")),  # their own worker, then who is on call
        (HARBOR, FIRST, "cal", (), ("cal",)),
        (HARBOR, FIRST, None, (), ("cal",)),
        ((Colleague("mina", Role.CASEWORKER, away=True), CAL, TOM), FIRST, "mina", (), ("cal",)),  # on leave
        ((MINA, TOM), FIRST, None, (), ("tom",)),  # no rota at this hour, no worker: the supervisor at once
        ((MINA, ADA), FIRST, None, (), ("ada",)),  # no supervisor: the admin
        ((MINA, LENA), FIRST, None, (), ("lena",)),  # nobody of them: the next in line
        ((Colleague("mina", Role.CASEWORKER, away=True),), FIRST, "mina", (), ("mina",)),  # there is nobody else
        ((), FIRST, "mina", (), ()),
        (HARBOR, SUPERVISED, "mina", (), ("mina", "cal", "tom")),
        (HARBOR, Rung(3, True, 1), "mina", (), ("mina", "cal", "tom", "lena")),
        (HARBOR, Rung(4, True, 2), "mina", (), ("mina", "cal", "tom", "lena", "ada")),
        (HARBOR, FIRST, "mina", ("mina",), ("tom",)),  # named in the text: a supervisor first
        (HARBOR, FIRST, "mina", ("tom",), ("ada",)),  # the supervisor is named: another one
        (HARBOR, SUPERVISED, "mina", ("mina",), ("tom", "cal")),
        (HARBOR, Rung(5, True, 3), "mina", ("mina",), ("tom", "cal", "lena", "ada", "mina")),  # the named one last
    ],
)
def test_each_rung_calls_its_people(
    people: tuple[Colleague, ...], rung: Rung, own: str | None, named: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert called(rung, people, caseworker=own, named=frozenset(named)) == expected


@given(
    st.lists(st.builds(Colleague, st.sampled_from("abcdef"), st.sampled_from([*Role]), st.booleans(), st.booleans()),
             min_size=1, unique_by=lambda one: one.id),
    st.sampled_from([None, "a", "b"]), st.frozensets(st.sampled_from("abcdef")), st.integers(0, 8),
)  # fmt: skip
def test_somebody_is_called_while_anybody_can_be_reached(
    people: list[Colleague], own: str | None, named: frozenset[str], more: int
) -> None:
    found = called(Rung(3, more > 0, more), people, caseworker=own, named=named)
    assert found and len(set(found)) == len(found)
