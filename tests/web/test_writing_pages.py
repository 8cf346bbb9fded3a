"""Over HTTP: writing to a family, drafts that outlive a session, two at once, narrowing, links to a moment, search."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from foster_bond.rules.states import Consent
from foster_bond.runtime import Runtime
from tests.cast import MONDAY, Cast
from tests.past import Past, open_past
from tests.web.conftest import StandingClock
from tests.web.test_family_pages import signed_in

HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def past(runtime: Runtime, cast: Cast) -> Past:
    return open_past(runtime.store, cast.harbor)


def form_of(page: str) -> dict[str, str]:
    """What the form to the family carries unseen."""
    form = page[page.index('id="write"') :]
    return dict(re.findall(r'name="(once|seen|about)" value="([^"]*)"', form))


def test_a_text_is_written_in_context_shown_and_taken_back(app: Flask, cast: Cast, past: Past) -> None:
    heard = past.wrote(MONDAY, "Could you bring the form?", who="Ben")
    mina, address = signed_in(app, cast, "mina"), f"/families/{past.family_id}"
    page = mina.get(f"{address}?write=1&about={heard}").text
    assert "your text answers this" in page and "leaves at once" in page
    ben = past.members["Ben"].id
    assert re.search(rf'value="{ben}" checked', page)
    fields = form_of(page) | {"to": ben, "text": "Yes, on Tuesday."}
    assert mina.post(f"{address}/write", fields | {"text": "  "}).status_code == 422
    for _press in range(2):
        assert mina.post(f"{address}/write", fields).status_code == 303
    page = mina.get(address).text
    assert page.count("Yes, on Tuesday.") == 1 and "written by Mina Vale" in page
    unsay = re.search(r'action="([^"]+/take-back)"', page)
    assert unsay is not None and mina.post(unsay[1]).status_code == 303
    again = mina.get(address).text
    assert "Yes, on Tuesday.</textarea>" in again and "/take-back" not in again
    assert mina.post(unsay[1]).status_code == 409


def test_who_stopped_cannot_be_written_to_and_the_page_says_so(app: Flask, cast: Cast, past: Past) -> None:
    past.consent(MONDAY, Consent.STOPPED, who="Grace")
    mina, address = signed_in(app, cast, "mina"), f"/families/{past.family_id}"
    page = mina.get(f"{address}?write=1").text
    assert "cannot be written to: This number has stopped all texts." in page
    refused = mina.post(f"{address}/write", form_of(page) | {"to": past.members["Grace"].id, "text": "Hello?"})
    assert refused.status_code == 409 and "Hello?</textarea>" in refused.text


def test_two_at_once_see_each_other_and_read_each_other(
    app: Flask, cast: Cast, past: Past, clock: StandingClock
) -> None:
    mina, tom, address = signed_in(app, cast, "mina"), signed_in(app, cast, "tom"), f"/families/{past.family_id}"
    page = mina.get(f"{address}?write=1").text
    theirs = form_of(tom.get(f"{address}?write=1").text)
    assert "Tom is looking at this too." in mina.get(f"{address}/here", HX_Request="true").text
    assert mina.get(f"{address}/here?shown=Tom", HX_Request="true").status_code == 204
    tom.post(f"{address}/drafts", {"draft": "note", "text": "Ask ab"})
    assert "Tom is writing here." in mina.get(f"{address}/here?shown=Tom", HX_Request="true").text
    grace = past.members["Grace"].id
    assert tom.post(f"{address}/write", theirs | {"to": grace, "text": "Tom here."}).status_code == 303
    overtaken = mina.post(f"{address}/write", form_of(page) | {"to": grace, "text": "Mina here."})
    assert overtaken.status_code == 409
    assert "Tom Vale wrote meanwhile:" in overtaken.text and "Mina here.</textarea>" in overtaken.text
    both = form_of(overtaken.text) | {"to": grace, "text": "Mina here."}
    assert mina.post(f"{address}/write", both).status_code == 303
    clock.move(timedelta(minutes=2))
    assert "Tom" not in mina.get(f"{address}/here?shown=x", HX_Request="true").text


def test_a_draft_outlives_a_lost_session_and_is_nobody_elses(
    app: Flask, cast: Cast, past: Past, clock: StandingClock
) -> None:
    mina, address = signed_in(app, cast, "mina"), f"/families/{past.family_id}"
    mina.get(address)
    kept = mina.post(f"{address}/drafts", {"draft": "note", "text": "Ask about the zebra."}, HX_Request="true")
    assert "Kept as a draft" in kept.text
    cost = mina.post(f"{address}/drafts", {"draft": "reply", "text": "ł" * 71}, HX_Request="true").text
    assert "2 parts" in cost and "more than double the cost" in cost
    clock.move(HALF_AN_HOUR)
    assert mina.get(address).status_code == 303
    mina.sign_in(cast.mina)
    assert "Ask about the zebra.</textarea>" in mina.get(address).text
    assert "zebra" not in signed_in(app, cast, "tom").get(address).text


def test_polls_keep_no_session_and_two_minutes_before_its_end_one_press_does(
    app: Flask, cast: Cast, past: Past, clock: StandingClock
) -> None:
    mina, address = signed_in(app, cast, "mina"), f"/families/{past.family_id}"
    for _ in range(28):
        clock.move(timedelta(minutes=1))
        assert mina.get(f"{address}/here", HX_Request="true").status_code in (200, 204)
        live = mina.get("/frame/live", HX_Request="true").text
    assert "You will be signed out in 2 minutes." in live
    clock.move(timedelta(seconds=90))
    assert "in 1 minute." in mina.get("/frame/live", HX_Request="true").text
    assert "signed out" not in mina.post("/frame/stay", HX_Request="true").text
    clock.move(timedelta(minutes=27))
    assert "signed out" not in mina.get("/frame/live", HX_Request="true").text
    clock.move(timedelta(minutes=3))
    assert mina.get("/frame/live", HX_Request="true").status_code == 401


def test_i_read_this_stands_beside_the_words(app: Flask, cast: Cast, past: Past) -> None:
    heard = past.wrote(MONDAY, "Long day.")
    mina, address = signed_in(app, cast, "mina"), f"/families/{past.family_id}"
    assert "I read this" in mina.get(address).text
    assert mina.post(f"{address}/replies/{heard}/read").status_code == 303
    page = mina.get(address).text
    assert "you have read this" in page and "told by text" in page and "I read this</button>" not in page
    assert "Mina Vale has read this" in signed_in(app, cast, "tom").get(address).text


def test_the_timeline_is_narrowed_and_a_moment_has_an_address(app: Flask, cast: Cast, past: Past) -> None:
    old = past.wrote(MONDAY - timedelta(days=400), "The zebra, long ago.", to=None)
    for number in range(35):
        past.wrote(MONDAY - timedelta(hours=number + 1), f"Day {number}.", hard_day=number == 7)
    past.note(MONDAY, "Ask Ben.")
    past.asked(MONDAY, "How was today?")
    mina, address = signed_in(app, cast, "mina"), f"/families/{past.family_id}"
    shown = {
        "flag=hard_day": ("Day 7.", "Day 8."), "kind=notes": ("Ask Ben.", "Day 1."),
        "technique=support": ("How was today?", "Day 1."), "technique=nothing": ("Nothing of this kind", "Day 1."),
        f"at={old}": ("The zebra, long ago.", "Day 1."), "kind=unknown": ("Day 1.", "long ago."),
    }  # fmt: skip
    for query, (there, not_there) in shown.items():
        page = mina.get(f"{address}?{query}").text
        timeline = page[page.index('id="moments"') :]
        assert there in timeline and not_there not in timeline, query
    assert 'id="found"' in mina.get(f"{address}?at={old}").text
    assert mina.get(f"{address}?at={past.family_id}").status_code == 404
    assert "flag=hard_day" in re.findall(r'hx-get="([^"]+/moments[^"]+)"', mina.get(f"{address}?flag=hard_day").text)[0]


def test_words_are_looked_for_and_stand_in_no_address(app: Flask, cast: Cast, past: Past) -> None:
    heard = past.wrote(MONDAY, "The Zebras came <b>back</b>.")
    mina = signed_in(app, cast, "mina")
    assert "1 family" in mina.get("/search").text or "the one family" in mina.get("/search").text
    found = mina.post("/search", {"words": "zebra"}).text
    assert "<mark>Zebras</mark> came &lt;b&gt;back" in found and f"at={heard}#found" in found
    assert "These words were not found." in mina.post(f"/families/{past.family_id}/search", {"words": "lion"}).text
    rex = signed_in(app, cast, "rex")
    assert rex.post(f"/families/{past.family_id}/search", {"words": "zebra"}).status_code == 404
    assert "These words were not found." in rex.post("/search", {"words": "zebra"}).text
