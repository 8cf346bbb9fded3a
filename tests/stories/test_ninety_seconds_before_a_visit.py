"""The promise: in the car park, on one page, a caseworker finds what they need for a visit, in the family's own words.

The nine questions of a visit, answered by the home page and the family's page as they come over HTTP.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlmodel import col

from foster_bond.app import create_app
from foster_bond.clock import FixedClock
from foster_bond.runtime import Runtime, build
from foster_bond.steps.asking import mark_dates
from foster_bond.steps.keeping.note_look import note_look
from foster_bond.store.prompts import Prompt
from tests.cast import MONDAY, Browser, Cast, gather, settings_for
from tests.past import Past, open_past

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOW = MONDAY + 60 * DAY  # a Friday, 9:00 in Denver


@pytest.fixture
def runtime(database_url: str, tmp_path: Path) -> Iterator[Runtime]:
    made = build(settings_for(tmp_path, database_url), clock=FixedClock(NOW))
    yield made
    made.close()


@pytest.fixture
def cast(runtime: Runtime) -> Cast:
    return gather(runtime.store)


@pytest.fixture
def app(runtime: Runtime, cast: Cast) -> Flask:
    return create_app(runtime)


def read(html: str) -> str:
    """What stands on the page, in one line."""
    main = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split()).replace(" .", ".").replace(" ,", ",").replace(" ;", ";")


def prompts(runtime: Runtime, cast: Cast) -> None:
    """One that asks for a number from 1 to 5, and one about the child's mind."""
    with runtime.store.write() as session:
        own = session.execute(select(Prompt).where(col(Prompt.agency_id) == cast.harbor.agency_id)).scalars().first()
        assert own is not None
        for key, reply, target, level in (("left", "1-5", "self", 1), ("wonder", "text", "child", 3)):
            alike = {"technique": "support", "roles": own.roles, "texts": own.texts}
            session.add(Prompt(agency_id=own.agency_id, key=key, level=level, target=target, reply=reply, **alike))


def nine_weeks(past: Past) -> None:
    """Grace, who usually says 3, and says 2, 2 and 1 since; Ben, who has stopped writing."""
    for number, ago in enumerate(range(57, 1, -3)):
        rating = (3 if ago > 14 else 2) if ago > 3 else 1
        asked = past.asked(NOW - ago * DAY, "How much is left?", who="Grace", key="left")
        past.wrote(NOW - ago * DAY + HOUR, f"{rating}. Evening {number}.", to=asked, who="Grace", rating=rating)
    for ago in (44, 40, 37, 34, 30, 27, 24, 20, 12, 5):
        asked = past.asked(NOW - ago * DAY, "How was today?", who="Ben")
        if ago > 14:
            past.wrote(NOW - ago * DAY + HOUR, "Fine.", to=asked, who="Ben")
    wonder = past.asked(NOW - 6 * DAY, "What might the phone mean to her?", who="Grace", key="wonder")
    past.wrote(NOW - 6 * DAY + HOUR, "It takes her friends.", to=wonder, who="Grace")
    past.wrote(NOW - 4 * DAY, "She slammed the door. A hard day.", who="Grace", hard_day=True)


def test_the_nine_questions_before_a_visit(app: Flask, runtime: Runtime, cast: Cast) -> None:
    prompts(runtime, cast)
    past = open_past(runtime.store, cast.harbor)
    nine_weeks(past)
    mina, address = Browser(app), f"/families/{past.family_id}"
    mina.sign_in(cast.mina)
    last = (NOW - 14 * DAY).date().isoformat()
    assert mina.post(f"{address}/visits", {"day": last, "note": "The photo box.", "once": "1"}).status_code == 303
    mina.post(f"{address}/visits/plan", {"day": NOW.date().isoformat(), "once": "2"})
    wondered = past.wrote(NOW - 2 * DAY, "Maybe she thinks I will send her back.", who="Grace")
    mina.post(f"{address}/pins", {"what": "reflection", "moment": wondered})
    mark_dates.add_family_date(
        runtime.store, cast.mina.viewer, past.family_id,
        {"kind": "hearing", "day": (NOW + 2 * DAY).date().isoformat()}, NOW,
    )  # fmt: skip
    past.slot(NOW + DAY, who="Grace", key="left")
    past.slot(NOW + 2 * DAY, who="Grace", why="A hearing that day.")
    past.wrote(NOW - HOUR, "See you later.", who="Grace")
    calm = read(mina.get(address).text)
    assert (
        re.search(r"Next: \S+ 2 Jan, \S+ [ap]m to Grace\.", calm) and "One text is held: " in calm
    )  # 7: what goes out
    past.alarm(NOW - timedelta(minutes=9), "Ben has not come back.", sign="not come back", who="Ben")

    home = mina.get("/").text
    assert "Open alert" in home and "visit today" in home  # what needs me, and why I am here

    page = mina.get(address).text
    said = read(page)
    assert "Nobody has taken it yet" in page  # 1: anything open and unclaimed
    assert "Nothing came from Ben, who usually writes about" in said  # 2: quieter than their own usual
    assert "Since your visit on Fri 18 Dec 2026, 14 days ago" in said
    assert re.search(r"The last 1–5 answers of Grace were 2, 2 and 1; usually it is 3\.", said)  # 3: how full
    assert (
        "“" in page and "How much is left?" in said and "See you later." in said
    )  # 4: their last words, with the prompt
    assert re.search(r"Grace wondered once about another mind: Sat 26 Dec", said)  # 5
    assert re.search(r"Grace wrote of a hard day: Mon 28 Dec", said)
    opening = said.partition("Open your visit with")[2]
    assert opening.strip().startswith("Maybe she thinks I will send her back.")  # 6: what to open with
    assert "Two texts are held, the first because: All prompts wait until the open alert" in said  # 7, again
    assert "Who is here" in said and "agreed" in said and "Hearing" in said  # 8: consent, language, dates
    assert "new" in said  # 9: what I have not seen

    links = re.findall(r'href="([^"]*#m-([^"]+))"', page.partition('id="since"')[2].partition("</details>")[0])
    assert len(links) >= 10
    for address_of, moment in links:  # each sentence leads to the text behind it
        behind = (
            page if address_of.startswith("#") else mina.get(address_of.replace("&amp;", "&").partition("#")[0]).text
        )
        assert f'id="m-{moment}"' in behind

    mina.post(f"{address}/visits", {"day": NOW.date().isoformat(), "note": "", "once": "3"})
    after = read(mina.get(address).text)
    assert "Since your visit on Fri 1 Jan, today" in after and "Open your visit with" not in after
    history = read(mina.get(f"{address}/visits").text)
    assert "It was opened with Maybe she thinks" in history.replace("“ ", "").replace("“", "")
    assert "2, 2 and 1" in history and "The photo box." in history
    assert note_look(runtime.store, cast.tom.viewer, past.family_id, NOW) is None


def test_a_stranger_finds_none_of_it(app: Flask, runtime: Runtime, cast: Cast) -> None:
    past = open_past(runtime.store, cast.harbor)
    moment = past.wrote(NOW - DAY, "Ours.", who="Grace")
    for who in (cast.rex, cast.cal):
        browser = Browser(app)
        browser.sign_in(who)
        address = f"/families/{past.family_id}"
        assert browser.get(f"{address}/visits").status_code == 404
        for path, fields in (
            ("visits", {"day": NOW.date().isoformat(), "once": "1"}), ("visits/plan", {"day": NOW.date().isoformat()}),
            ("pins", {"what": "reflection", "moment": moment}), ("follow-ups", {"words": "x", "day": "2027-01-01"}),
        ):  # fmt: skip
            assert browser.post(f"{address}/{path}", fields).status_code == 404
