"""The family's page over HTTP: for its holder only, live without reload, and hostile words come out as words."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from foster_bond.runtime import Runtime
from foster_bond.steps.reading.read_timeline import read_family
from tests.cast import GRACE, MONDAY, Browser, Cast, post_text
from tests.past import Past, open_past
from tests.web.conftest import StandingClock
from tests.web.test_templates import Page, assert_inert

EVENING = MONDAY + timedelta(hours=10)  # 7 pm in Denver
HOSTILE = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>'",
    "{{ 7*7 }} {% raw %} {{ config.SECRET_KEY }} ${7*7} #{7*7}",
    "\u202edrowssap\u202c \u2066\u200f\u200e",
    "\U0001f600" * 1600,
    "</blockquote></main><form action=//evil.example>",
    "a\x00b\x1b[31m\x85",
    "&lt;b&gt; &amp; &#x3c;",
)


@pytest.fixture
def past(runtime: Runtime, cast: Cast) -> Past:
    return open_past(runtime.store, cast.harbor)


def signed_in(app: Flask, cast: Cast, who: str) -> Browser:
    browser = Browser(app)
    browser.sign_in(getattr(cast, who))
    return browser


def poll_address(html: str) -> str:
    found = re.search(r'hx-get="([^"]*/moments[^"]*)"', html)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_the_holder_reads_it_and_nobody_else(app: Flask, cast: Cast, past: Past) -> None:
    past.wrote(MONDAY, "She hummed in the kitchen.", to=past.asked(MONDAY))
    address = f"/families/{past.family_id}"
    for who, status in (
        ("mina", 200), ("tom", 200), ("ada", 200),  # her caseworker, and who sees the agency's families
        ("cal", 404), ("lena", 404),  # colleagues who do not hold it
        ("rex", 404), ("sue", 404), ("eve", 404),  # strangers of every role
    ):  # fmt: skip
        browser = signed_in(app, cast, who)
        for path in (address, f"{address}/moments"):
            answer = browser.get(path)
            assert (who, answer.status_code) == (who, status)
            assert ("She hummed" in answer.text) is (status == 200)
        wrote = browser.post(f"{address}/notes", {"text": f"by {who}", "once": who})
        assert wrote.status_code == (303 if status == 200 else 404)
    assert Browser(app).get(address).status_code == 303


def test_a_stranger_cannot_tell_a_family_that_is_there_from_one_that_is_not(app: Flask, cast: Cast, past: Past) -> None:
    browser = signed_in(app, cast, "rex")
    there = browser.get(f"/families/{past.family_id}")
    none = browser.get(f"/families/{past.family_id[:-4]}0000")
    assert there.status_code == none.status_code == 404
    ref = re.compile(r"name this: \w+")
    assert ref.sub("", there.text) == ref.sub("", none.text)


def test_a_text_appears_without_a_reload(
    app: Flask, runtime: Runtime, cast: Cast, past: Past, clock: StandingClock
) -> None:
    past.asked(MONDAY, "What was small and good?")
    browser = signed_in(app, cast, "mina")
    first = browser.get(f"/families/{past.family_id}").text
    quiet = browser.get(poll_address(first), HX_Request="true")
    assert (quiet.status_code, quiet.data) == (204, b"")
    clock.move(timedelta(minutes=20))  # a session lives for 30 without its person
    assert post_text(app, runtime.settings, GRACE, "He asked for seconds.").status_code == 200
    news = browser.get(poll_address(first), HX_Request="true")
    assert news.status_code == 200
    assert "He asked for seconds." in news.text and "What was small and good?" in news.text
    assert "<h1" not in news.text and 'class="new"' in news.text
    assert poll_address(news.text) != poll_address(first)
    assert browser.get(poll_address(news.text), HX_Request="true").status_code == 204


def test_the_poll_of_one_person_stays_with_that_person(app: Flask, cast: Cast, past: Past) -> None:
    past.wrote(MONDAY, "Ben says.", who="Ben")
    past.wrote(MONDAY, "Grace says.", who="Grace")
    browser = signed_in(app, cast, "mina")
    page = browser.get(f"/families/{past.family_id}?member={cast.harbor.home.members['Ben']}").text
    assert "Ben says." in page and "Grace says." not in page
    news = browser.get(poll_address(page).replace("seen=", "seen=x"), HX_Request="true")
    assert "Ben says." in news.text and "Grace says." not in news.text
    assert browser.get(poll_address(page), HX_Request="true").status_code == 204


def test_earlier_pages_are_linked_and_do_not_poll(app: Flask, cast: Cast, past: Past) -> None:
    for minute in range(40):
        past.wrote(MONDAY - timedelta(minutes=minute), f"Part {minute}.")
    browser = signed_in(app, cast, "mina")
    first = browser.get(f"/families/{past.family_id}").text
    link = re.search(r'href="([^"]+before=[^"]+)"', first)
    assert link is not None
    second = browser.get(link[1].replace("&amp;", "&")).text
    assert "Part 39." in second and "Part 0." not in second
    assert "/moments?" not in second and "Back to the newest" in second
    assert browser.get(f"/families/{past.family_id}?before=nonsense").status_code == 404


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_come_out_as_words(app: Flask, cast: Cast, past: Past, words: str) -> None:
    plain = words.replace("\x00", "\ufffd")
    past.wrote(MONDAY, words, to=past.asked(MONDAY, words))
    past.asked(MONDAY, words, state="failed", why=plain[:300])
    past.wished(MONDAY, words, "pause", answer=words)
    past.slot(MONDAY, state="dropped", why=plain[:300])
    past.note(MONDAY, words)
    past.alarm(MONDAY, words, sign=words[1:4])
    past.unplaced(MONDAY, words)
    past.task(MONDAY, "help", plain[:300])
    browser = signed_in(app, cast, "mina")
    for path in (f"/families/{past.family_id}", "/", "/alerts", "/tasks", "/unplaced"):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        page = Page(answer.text)
        assert_inert(page)
        assert len(list(page.all("script"))) == 2, path
        for element, attributes in page.elements:
            assert "evil.example" not in attributes.get("action", ""), element
    shown = "".join(text for text, _ in Page(browser.get(f"/families/{past.family_id}").text).texts)
    assert plain[:200] in shown.replace("\x00", "\ufffd")


def test_a_note_is_written_once_however_often_it_is_sent(app: Flask, runtime: Runtime, cast: Cast, past: Past) -> None:
    browser = signed_in(app, cast, "mina")
    address = f"/families/{past.family_id}"
    key = re.search(r'name="once" value="([^"]+)"', browser.get(address).text)
    assert key is not None
    for _ in range(3):
        assert browser.post(f"{address}/notes", {"text": "Ask about the phone.", "once": key[1]}).status_code == 303
    assert browser.get(address).text.count("Ask about the phone.") == 1
    assert browser.post(f"{address}/notes", {"text": "Ask about the phone.", "once": "another"}).status_code == 303
    assert browser.get(address).text.count("Ask about the phone.") == 2
    with runtime.store.read() as session:
        from sqlalchemy import text

        sealed = session.execute(text("SELECT words FROM notes")).scalars().all()
    assert all(b"phone" not in bytes(words) for words in sealed)


def test_an_empty_note_is_said_beside_its_field(app: Flask, cast: Cast, past: Past) -> None:
    browser = signed_in(app, cast, "mina")
    answer = browser.post(f"/families/{past.family_id}/notes", {"text": "   ", "once": "k"})
    assert answer.status_code == 422
    assert "An empty note says nothing" in answer.text and 'aria-invalid="true"' in answer.text


def test_reading_leaves_one_line_in_the_audit(app: Flask, runtime: Runtime, cast: Cast, past: Past) -> None:
    from sqlalchemy import text

    browser = signed_in(app, cast, "mina")
    for _ in range(3):
        browser.get(f"/families/{past.family_id}")
    with runtime.store.read() as session:
        found = session.execute(
            text("SELECT staff_id FROM audit_events WHERE act = 'open_family' AND subject_id = :id"),
            {"id": past.family_id},
        ).scalars().all()  # fmt: skip
    assert found == [cast.mina.staff_id]


def test_the_title_and_the_address_name_nobody(app: Flask, cast: Cast, past: Past) -> None:
    page = signed_in(app, cast, "mina").get(f"/families/{past.family_id}").text
    title = re.search(r"<title>([^<]*)</title>", page)
    assert title is not None and "Okafor" not in title[1] and "Grace" not in title[1]


def test_coming_up_says_what_will_be_held_before_anything_has_looked_at_it(app: Flask, cast: Cast, past: Past) -> None:
    """By the same gate as in earnest: an open alarm holds everything of this family."""
    past.alarm(MONDAY, "She ran away last night.", sign="ran away")
    past.slot(EVENING + timedelta(days=2), key="own-1")
    page = signed_in(app, cast, "mina").get(f"/families/{past.family_id}").text
    section = page[page.index('id="coming-up"') : page.index('id="dates"')]
    assert 'class="held"' in section and "All prompts wait until the open alert is cleared." in section


def test_times_stand_on_the_familys_wall(app: Flask, runtime: Runtime, cast: Cast, past: Past) -> None:
    past.wrote(MONDAY, "Good morning.")
    page = signed_in(app, cast, "mina").get(f"/families/{past.family_id}").text
    assert "Mon 2 Nov, 9:00 am in Denver" in page
    assert 'datetime="2026-11-02T16:00:00Z"' in page and 'title="2026-11-02 16:00:00 UTC"' in page
    assert read_family(runtime.store, cast.mina.viewer, past.family_id, EVENING).local_now.words.endswith("in Denver")


def test_what_really_comes_in_stands_once(
    app: Flask, runtime: Runtime, cast: Cast, past: Past, clock: StandingClock
) -> None:
    """Through the carrier's own door: a reply, a cry for help, a wish and a stop, each on the timeline once."""
    clock.move(timedelta(hours=10))
    past.asked(clock.now(), "What was small and good?")
    said = (
        "He asked for seconds.", "And he set the table.", "She ran away last night and has not come back home.",
        "PAUSE 3", "STOP",
    )  # fmt: skip
    for words in said:
        clock.move(timedelta(minutes=2))
        assert post_text(app, runtime.settings, GRACE, words).status_code == 200
    page = read_family(runtime.store, cast.mina.viewer, past.family_id, clock.now())
    shown = [moment for week in page.weeks for moment in week.moments]
    html = signed_in(app, cast, "mina").get(f"/families/{past.family_id}").text
    everything = "".join(text for text, _ in Page(html).texts)
    for words in ("He asked for seconds.", "And he set the table.", "PAUSE 3"):
        assert everything.count(words) == 1, words
    assert everything.count("has not come back home") in (1, 2)  # as the alert, and as a part of a longer answer
    kinds = [moment.kind for moment in shown]
    assert kinds.count("alert") == 2  # the cry, and the cast's own, whose text is no reply
    beside = [look for moment in shown if moment.kind == "reflection" for look in moment.careful]
    assert everything.count("Worth a careful look") == len(beside) + 1  # what wakes nobody stands beside its reply
    stops = [moment for moment in shown if moment.kind == "consent" and moment.after == "stopped"]
    assert [moment.words for moment in stops] == ["STOP"]
    assert "our thank-you was not sent" in everything  # the stop came first
