"""The agency as every text reads it: kept between texts, and never older than its row."""

from foster_bond.store import agencies
from tests.cast import HARBOR_NUMBER
from tests.steps.hearing.conftest import Line


def test_it_says_what_the_row_says(line: Line) -> None:
    with line.store.read() as session:
        shared = agencies.addressed(session, line.store.vault, HARBOR_NUMBER)
        own = agencies.by_id(session, line.cast.harbor.agency_id)
        assert shared is not None
        assert shared.model_dump() == own.model_dump()
        types = [{name: type(value) for name, value in one.model_dump().items()} for one in (shared, own)]
        assert types[0] == types[1]


def test_it_is_made_once_while_the_row_stays_the_same(line: Line) -> None:
    with line.store.read() as session:
        first = agencies.addressed(session, line.store.vault, HARBOR_NUMBER)
    with line.store.read() as session:
        assert agencies.addressed(session, line.store.vault, HARBOR_NUMBER) is first


def test_a_change_shows_at_the_next_text_and_what_was_read_before_stays(line: Line) -> None:
    with line.store.read() as session:
        before = agencies.addressed(session, line.store.vault, HARBOR_NUMBER)
    with line.store.write() as session:
        agency = agencies.by_id(session, line.cast.harbor.agency_id)
        agency.text_name, agency.duties = "Safe Harbor", {"suicide": "Call the team."}
        now = agencies.addressed(session, line.store.vault, HARBOR_NUMBER)
    assert before is not None and before.text_name != "Safe Harbor"
    assert now is not None
    assert (now.text_name, now.duties) == ("Safe Harbor", {"suicide": "Call the team."})


def test_a_number_of_nobody_is_none(line: Line) -> None:
    with line.store.read() as session:
        assert agencies.addressed(session, line.store.vault, "+13035550199") is None
