import pytest
from foster_bond.store import inserting
from tests.steps.asking.conftest import MONDAY


def test_x(house, monkeypatch):
    import sqlalchemy
    from sqlalchemy import event

    house.member(house.family(now=MONDAY), now=MONDAY)
    house.schedule(now=MONDAY, prompts=["S1"])
    from foster_bond.store import occurrences
    from foster_bond.steps.asking import plan_occurrences as p

    o = occurrences.plan

    def f(s, rows):
        n = o(s, rows)
        print("NEW", n, len(rows))
        return n

    monkeypatch.setattr(occurrences, "plan", f)
    print(p.plan_occurrences(house.store, MONDAY))
    print(len(house.slots()))
