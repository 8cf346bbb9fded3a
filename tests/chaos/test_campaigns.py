"""Towns under fire: the short set in every test run, many seeds with `make chaos` (CHAOS_SEEDS=50, CHAOS_FROM=1)."""

import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch

import pytest

from tests.blackbox.driver import Product
from tests.chaos.campaign import LONG, Campaign
from tests.chaos.conftest import remember

Town = Callable[[str], Product]

KEPT = tomllib.loads((Path(__file__).parent / "seeds.toml").read_text(encoding="utf-8"))["seeds"]
FIRST, MANY = int(os.environ.get("CHAOS_FROM", "100")), int(os.environ.get("CHAOS_SEEDS", "12"))
LONG_ROUNDS = 24


def _marked(engine: str, *values: Any) -> Any:
    marks = [pytest.mark.postgres] if engine == "postgresql" else []
    return pytest.param(engine, *values, marks=marks, id="-".join(map(str, (engine, *values))))


def _live(request: pytest.FixtureRequest, town: Town, engine: str, seed: int, rounds: int) -> None:
    server = request.getfixturevalue("postgres_server") if engine == "postgresql" else None
    outcome = Campaign(town(engine), seed, rounds=rounds, clocks=2, server=server).run()
    remember(outcome)
    assert outcome.broken == [], f"seed {seed} on {engine}; keep it in seeds.toml\n" + "\n".join(outcome.broken)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("engine", "seed", "rounds"),
    [_marked(one["engine"], one["seed"], one["rounds"]) for one in KEPT if one["rounds"] < LONG],
)
def test_the_kept_seeds(request: pytest.FixtureRequest, town: Town, engine: str, seed: int, rounds: int) -> None:
    _live(request, town, engine, seed, rounds)


@pytest.mark.chaos
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("engine", "seed"),
    [_marked(one["engine"], one["seed"]) for one in KEPT if one["rounds"] >= LONG]
    + [_marked(engine, seed) for seed in range(FIRST, FIRST + MANY) for engine in ("sqlite", "postgresql")],
)
def test_many_seeds(request: pytest.FixtureRequest, town: Town, engine: str, seed: int) -> None:
    _live(request, town, engine, seed, LONG_ROUNDS)


def test_a_kill_counts_only_where_work_was_done_since_the_last_one(tmp_path: Path) -> None:
    campaign = Campaign(Product(tmp_path, "sqlite:///nowhere.db"), 1, rounds=1)
    work = iter([5, 5, 5, 9])
    with patch.object(campaign, "_work", lambda: next(work)):
        for _ in range(4):
            campaign._kill(Mock())
    assert (campaign.outcome.kills, campaign.outcome.idle_kills) == (2, 2)
