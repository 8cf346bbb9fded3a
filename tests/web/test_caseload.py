"""The home page's rows: a person's own families, those that need somebody first."""

from datetime import timedelta

from foster_bond.runtime import Runtime
from foster_bond.steps.reading.read_caseload import read_caseload
from foster_bond.store.alerts import Alert
from tests.cast import MONDAY, Cast


def test_everybody_sees_the_families_that_they_hold(runtime: Runtime, cast: Cast) -> None:
    for holder, scope in ((cast.mina, "mine"), (cast.tom, "agency"), (cast.ada, "agency")):
        page = read_caseload(runtime.store, holder.viewer, MONDAY)
        assert [(row.name, row.member_names) for row in page.rows] == [("Okafor", ("Grace", "Ben"))]
        assert (page.scope, page.total, page.part_of_day) == (scope, 1, "morning")
        assert page.rows[0].worker == ("Mina Vale" if scope == "agency" else "")
    for colleague in (cast.cal, cast.lena):
        assert read_caseload(runtime.store, colleague.viewer, MONDAY).rows == ()
    for stranger in (cast.rex, cast.eve):
        assert [row.name for row in read_caseload(runtime.store, stranger.viewer, MONDAY).rows] == ["Novak"]


def test_search_folds_case_and_looks_at_members_too(runtime: Runtime, cast: Cast) -> None:
    for search, found in (("oka", 1), ("GRACE", 1), ("nobody", 0), ("", 1), ("%", 0), ("\N{GRINNING FACE}", 0)):
        page = read_caseload(runtime.store, cast.mina.viewer, MONDAY, search=search)
        assert (len(page.rows), page.total) == (found, 1), search


def test_a_family_with_an_open_alert_needs_somebody(runtime: Runtime, cast: Cast) -> None:
    with runtime.store.write() as session:
        alert = session.get(Alert, cast.harbor.ids["alert_id"])
        assert alert is not None
        alert.priority = "now"
    page = read_caseload(runtime.store, cast.mina.viewer, MONDAY + timedelta(hours=10))
    assert (page.needing, page.alerts, page.part_of_day) == (1, 1, "evening")
    assert [need.kind for need in page.rows[0].needs] == ["alert"]
