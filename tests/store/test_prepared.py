"""Statements that are made ready once."""

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, func, insert, literal, select, update
from sqlmodel import col

from foster_bond.store.agencies import Agency
from foster_bond.store.ids import new_id
from foster_bond.store.prepared import Prepared
from foster_bond.store.session import Database, DatabaseAway, Raced
from foster_bond.store.staff import Staff
from tests.cast import MONDAY

_ADD = Prepared(insert(Agency))
_SLUGS = Prepared(
    select(col(Agency.slug), col(Agency.created_at), col(Agency.sends_acks), col(Agency.closed_days))
    .where(col(Agency.created_at) > bindparam("since"), col(Agency.slug).in_([literal("harbor"), literal("elsewhere")]))
    .order_by(col(Agency.slug))
    .limit(1)
)
_RENAME = Prepared(update(Agency).where(col(Agency.slug) == bindparam("was")).values(name=bindparam("now")))


def _agency(**more: object) -> dict[str, object]:
    return {
        "id": new_id(), "slug": "harbor", "name": "Harbor", "text_name": "Harbor", "zone": "America/Denver",
        "created_at": MONDAY, "closed_days": [], "duties": [],
    } | more  # fmt: skip


def test_a_row_comes_back_as_it_was_written_with_its_defaults(database_url: str) -> None:
    database = Database(database_url)
    with database.write() as session:
        assert _ADD.run(session, _agency()) == 1
        assert _RENAME.run(session, {"was": "harbor", "now": "The Harbor"}) == 1
        assert _RENAME.run(session, {"was": "nowhere", "now": "Lost"}) == 0
        found = _SLUGS.rows(session, {"since": MONDAY - timedelta(seconds=1)})
        assert found == [("harbor", MONDAY, True, [])]
        assert found[0][1].utcoffset() == timedelta(0)
        assert _SLUGS.rows(session, {"since": MONDAY}) == []
    with database.read() as session:
        assert session.execute(select(col(Agency.name), col(Agency.language))).one() == ("The Harbor", "en")
    database.close()


def test_the_drivers_refusal_is_told_as_every_other_and_undoes_the_whole(database_url: str) -> None:
    database = Database(database_url)

    def twice() -> None:
        with database.write() as session:
            _ADD.run(session, _agency())
            _ADD.run(session, _agency())

    with pytest.raises(Raced):
        twice()
    with database.read() as session:
        assert session.execute(select(func.count()).select_from(Agency)).scalar_one() == 0
    database.close()


def test_a_connection_that_is_lost_is_told_as_away_and_not_used_again(postgres_url: str) -> None:
    database = Database(postgres_url)
    end_it = Prepared(select(func.pg_terminate_backend(func.pg_backend_pid())))

    def lose() -> None:
        with database.write() as session:
            end_it.rows(session, {})

    with pytest.raises(DatabaseAway):
        lose()
    with database.write() as session:
        assert _ADD.run(session, _agency()) == 1
    database.close()


def test_a_list_of_values_must_be_written_out(database_url: str) -> None:
    database = Database(database_url)
    listed = Prepared(select(col(Staff.id)).where(col(Staff.email).in_(["ada@harbor.example"])))
    with database.read() as session, pytest.raises(AssertionError, match="written out"):
        listed.rows(session, {})
    database.close()
