"""The two kinds of transaction."""

import pytest

from foster_bond.store import agencies
from foster_bond.store.agencies import Agency
from foster_bond.store.session import Database
from tests.cast import MONDAY


def test_rows_that_were_read_can_be_used_after_the_reading(database_url: str) -> None:
    database = Database(database_url)
    with database.write() as session:
        session.add(Agency(slug="harbor", name="Harbor", text_name="Harbor", zone="America/Denver", created_at=MONDAY))
    with database.read() as session:
        agency = agencies.by_slug(session, "harbor")
    assert agency is not None and agency.name == "Harbor"
    database.close()


def test_a_writing_that_fails_leaves_nothing_behind(database_url: str) -> None:
    database = Database(database_url)

    def write_and_fail() -> None:
        agency = Agency(slug="harbor", name="Harbor", text_name="Harbor", zone="America/Denver", created_at=MONDAY)
        with database.write() as session:
            session.add(agency)
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with database.read() as session:
        assert agencies.every(session) == []
    database.close()
