"""Guard: docs/views.md lists every reporting view with exactly its columns, in their order."""

import re

import pytest
from sqlalchemy import create_engine, text

from foster_bond.store import views
from tests.guards.tree import ROOT

WORDS = (ROOT / "docs" / "views.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("view", views.names())
def test_a_view_and_its_columns_are_documented(view: str, sqlite_url: str) -> None:
    row = re.search(rf"^\| `{view}` \| (.+) \|$", WORDS, re.MULTILINE)
    assert row, f"{view} has no row in docs/views.md"
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        columns = list(connection.execute(text(f"SELECT * FROM {view}")).keys())
    engine.dispose()
    assert row[1].split(", ") == columns


def test_no_row_names_a_view_that_is_none() -> None:
    assert set(re.findall(r"^\| `(v_\w+)`", WORDS, re.MULTILINE)) == set(views.names())
