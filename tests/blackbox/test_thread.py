"""The thread from outside: a schedule in two zones, prompts, answers, stop words, a cry for help, and canaries.

Each story is one installation that lives through two days, because every scene stands on the ones before it.
"""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from tests.blackbox.driver import PASSWORD, SERVICE, Product, Row, callback, inbound, instant, new_sid, wait_for
from tests.blackbox.harbor import (
    BEN,
    CANARY_NAME,
    CANARY_WORDS,
    DENVER_EVENING,
    ELSEWHERE,
    GRACE,
    HARBOR,
    KAI,
    MINA_PHONE,
    NEW_YORK_EVENING,
    NORA,
    OFFICE,
    ROSA,
    TOM_PHONE,
)
from tests.blackbox.views import look_over

Harbor = Callable[[str, str], Product]

W1 = (
    "Harbor: you're in. Up to 6 reflection texts/week. Msg&data rates may apply. HELP for help, STOP to end. "
    "Not for emergencies: call 911."
)
W2 = (
    "Your team reads replies in office hours, not 24/7. Leave out names and addresses. Texts are kept on file. "
    "Danger: 911. Crisis: call/text 988."
)
W0 = "Harbor: reply YES to get up to 6 reflection texts a week. Msg&data rates may apply. HELP for help, STOP to end."
W1_ES = (
    "Harbor: ya se ha inscrito. Hasta 6 mensajes por semana. Pueden aplicar tarifas. AYUDA para ayuda, "
    "STOP para salir. Emergencias: 911."
)
STOPPED = f"Harbor: you are opted out and will get no more texts. Reply START to rejoin. Questions: {OFFICE}."
STOPPED_ES = f"Harbor: ya no le mandaremos otros mensajes. Responda START para volver. Preguntas: {OFFICE}."
HELP = (
    f"Harbor texts. Help: {OFFICE}, office hours. STOP to end. Msg&data rates may apply. Crisis: call/text 988. "
    "Danger: 911. Not watched 24/7."
)
BASE = (
    "Both feet on the floor. Breathe out slowly, three times. Look at one thing that feels calm. Nothing to send, "
    "nothing to fix."
)
BACK_AGAIN = (
    "Harbor: welcome back. Up to 6 reflection texts/week. Msg&data rates may apply. HELP for help, STOP to end."
)
CRISIS = (
    "We may not see this right away. If you or someone may be hurt, call or text 988 now, any hour. In danger, "
    "call 911. Your team is being told."
)
PROMPT_EN, PROMPT_KIDDO = (
    f"What was one good minute with {word} today?" for word in ("the child", "kiddo")
)  # fmt: skip
PROMPT_ES = "¿Cuál fue un buen minuto con su peque hoy?"
STRANGER = "+14155550177"
UNKNOWN = (
    "This is the text line of Harbor. We do not know your number. This line is not watched. "
    f"Office: {OFFICE}. Crisis: 988. Danger: 911."
)
HANDED_OVER = ("accepted", "sent", "delivered")


def texts(product: Product, ref: str, kind: str, many: int = 1) -> list[Row]:
    """The texts of one kind to one member, once so many of them are with the carrier."""

    def there() -> list[Row]:
        found = product.outbound(ref, kind)
        return found if sum(row["state"] in HANDED_OVER for row in found) >= many else []

    return wait_for(there, f"{many} {kind} to {ref} are with the carrier")


def staff_alerts(product: Product, many: int) -> list[Row]:
    def there() -> list[Row]:
        found = product.rows("SELECT * FROM v_outbound WHERE kind = 'staff_alert'")
        return found if sum(row["state"] in HANDED_OVER for row in found) >= many else []

    return wait_for(there, "staff are told")


def open_everything(product: Product, how: str) -> None:
    if how == "serve":
        product.open_doors("serve")
    else:
        product.open_doors("web", "--workers", "2" if not product.is_sqlite else "1")
        product.start("clock")


STORIES = [
    pytest.param("sqlite", "twilio", "web and clock", marks=pytest.mark.long),
    pytest.param("postgresql", "twilio", "web and clock", marks=pytest.mark.postgres),
]


@pytest.mark.parametrize(("engine", "carrier", "how"), STORIES)
def test_two_days_of_a_family_with_twilio(harbor: Harbor, engine: str, carrier: str, how: str) -> None:
    product = harbor(engine, carrier)
    open_everything(product, how)
    they_are_welcomed(product)
    prompts_leave_at_their_own_seven_o_clock(product)
    the_carrier_reports(product)
    an_answer_is_filed_once(product)
    stop_means_stop(product)
    strangers_are_refused(product)
    an_unknown_number_is_answered_once(product)
    odd_and_crowded_texts_are_kept_once(product)
    the_pages_open_for_their_own(product)
    the_night_is_quiet_but_for_answers(product)
    a_cry_for_help_is_heard(product)
    the_next_evening_waits_for_a_person(product)
    assert product.carried.violations() == []
    refs = [text.ref for text in product.carried.sent()]
    assert len(refs) == len(set(refs))
    look_over(product)
    nothing_stands_in_the_clear(product)


def they_are_welcomed(product: Product) -> None:
    for ref in ("M-GRACE", "M-BEN", "M-ROSA"):
        texts(product, ref, "welcome", 2)
    texts(product, "M-NORA", "consent_ask")
    assert product.carried.bodies(GRACE) == [W1, W2]
    assert product.carried.bodies(ROSA)[0] == W1_ES
    assert product.carried.bodies(NORA) == [W0]
    assert product.carried.bodies(KAI) == []
    first, second = product.outbound("M-GRACE", "welcome")
    assert instant(first["accepted_at"]) <= instant(second["accepted_at"])
    sent = product.carried.by_ref(first["ref"])
    assert (sent.service, sent.sender, sent.to) == (SERVICE, None, GRACE)
    assert sent.status_callback == f"{product.url}/hooks/twilio/status?ref={first['ref']}"
    assert sent.sid == first["carrier_sid"]


def prompts_leave_at_their_own_seven_o_clock(product: Product) -> None:
    product.go_to(NEW_YORK_EVENING - timedelta(minutes=9))
    written = wait_for(lambda: product.outbound("M-ROSA", "prompt"), "the prompt is written ten minutes ahead")
    assert written[0]["state"] == "scheduled" and written[0]["claimed_at"] is None
    assert instant(written[0]["not_before"]) == instant(written[0]["due_at"]) == NEW_YORK_EVENING
    assert product.outbound("M-GRACE", "prompt") == []

    product.go_to(NEW_YORK_EVENING + timedelta(seconds=1))
    (rosa,) = texts(product, "M-ROSA", "prompt")
    assert product.carried.bodies(ROSA)[2:] == [PROMPT_ES]
    assert product.carried.bodies(GRACE) == [W1, W2]
    assert instant(rosa["claimed_at"]) - NEW_YORK_EVENING < timedelta(seconds=15)
    assert instant(rosa["not_before"]) <= instant(rosa["claimed_at"]) < instant(rosa["not_after"])
    text = product.carried.by_ref(rosa["ref"])
    assert text.validity is not None and 0 < text.validity <= 3600  # polite hours end at 20:00

    product.go_to(DENVER_EVENING + timedelta(seconds=1))
    (grace,), (ben,) = texts(product, "M-GRACE", "prompt"), texts(product, "M-BEN", "prompt")
    assert product.carried.bodies(GRACE)[2:] == [PROMPT_KIDDO]
    assert product.carried.bodies(BEN)[2:] == [PROMPT_EN]
    assert grace["prompt_id"] == ben["prompt_id"] == "BB1"
    assert product.outbound("M-NORA", "prompt") == [] and product.carried.bodies(NORA) == [W0]
    held = product.one(
        "SELECT o.* FROM v_occurrence o JOIN v_enrolment e ON e.id = o.enrolment_id WHERE e.member_id = ? "
        "AND o.local_date = ?",
        product.member("M-NORA")["id"],
        "2026-10-26",
    )
    assert held["state"] != "written" and held["why"]


def the_carrier_reports(product: Product) -> None:
    (grace,) = product.outbound("M-GRACE", "prompt")
    sid = grace["carrier_sid"]
    for status in ("queued", "sent", "delivered", "sent", "delivered"):
        assert product.carried.report(sid, status) == 204
    assert product.outbound("M-GRACE", "prompt")[0]["state"] == "delivered"
    kept = product.rows("SELECT * FROM v_callback WHERE carrier_sid = ? ORDER BY received_at, id", sid)
    assert [row["status"] for row in kept] == ["queued", "sent", "delivered", "sent", "delivered"]
    (ben,) = product.outbound("M-BEN", "prompt")
    assert product.carried.report(ben["carrier_sid"], "undelivered", 30003) == 204
    (ben,) = product.outbound("M-BEN", "prompt")
    assert ben["state"] == "undelivered" and ben["reason"]
    assert product.carried.report(ben["carrier_sid"], "delivered") == 204
    (ben,) = product.outbound("M-BEN", "prompt")
    assert ben["state"] == "delivered" and ben["reason"] is None  # it arrived after all

    before = len(product.rows("SELECT id FROM v_callback"))
    alien = callback(new_sid(), "delivered", GRACE)
    assert product.post_status("no-ref-of-ours", alien) == 204
    assert product.post_status(grace["ref"], alien) == 204  # another text's id under our ref proves nothing
    assert product.post_status(grace["ref"], alien, token="not the token") == 403
    assert len(product.rows("SELECT id FROM v_callback")) == before
    assert product.outbound("M-GRACE", "prompt")[0]["carrier_sid"] == sid


def an_answer_is_filed_once(product: Product) -> None:
    (grace,) = product.outbound("M-GRACE", "prompt")
    form = inbound(GRACE, HARBOR, f"He laughed. {CANARY_WORDS}", new_sid())
    assert [product.post_inbound(form) for _ in range(3)] == [200, 200, 200]
    text = product.one("SELECT * FROM v_inbound WHERE carrier_sid = ?", form["MessageSid"])
    assert (text["kind"], text["crisis"], text["member_id"]) == ("reply", 0, grace["member_id"])
    reflection = product.one("SELECT * FROM v_reflection WHERE id = ?", text["reflection_id"])
    assert reflection["occurrence_key"] == grace["occurrence_key"] and reflection["prompt_id"] == "BB1"
    assert (reflection["parts"], reflection["late"]) == (1, 0)
    assert instant(reflection["first_at"]) == instant(text["received_at"])
    product.text_in(GRACE, "And then he slept.")
    reflection = product.one("SELECT * FROM v_reflection WHERE id = ?", text["reflection_id"])
    assert reflection["parts"] == 2
    texts(product, "M-GRACE", "ack")
    assert len(product.outbound("M-GRACE", "ack")) == 1


def stop_means_stop(product: Product) -> None:
    for number, ref, word, answer in ((BEN, "M-BEN", "STOP", STOPPED), (ROSA, "M-ROSA", "¡Alto!", STOPPED_ES)):
        sid = product.text_in(number, word)
        member = product.member(ref)
        assert member["consent"] == "stopped"
        event = product.rows("SELECT * FROM v_consent_event WHERE to_bidx = ? ORDER BY at, id", member["to_bidx"])[-1]
        heard = product.one("SELECT * FROM v_inbound WHERE carrier_sid = ?", sid)
        assert (event["from_state"], event["to_state"], event["evidence_id"]) == ("active", "stopped", heard["id"])
        assert heard["kind"] == "keyword"
        texts(product, ref, "keyword_reply")
        product.text_in(number, word)
        product.settle()
        assert len(product.outbound(ref, "keyword_reply")) == 1
        assert product.carried.bodies(number)[-1] == answer
    product.text_in(BEN, "START")
    assert product.member("M-BEN")["consent"] == "active"
    texts(product, "M-BEN", "keyword_reply", 2)
    assert product.carried.bodies(BEN)[-1] == BACK_AGAIN
    product.text_in(BEN, "HELP")
    texts(product, "M-BEN", "keyword_reply", 3)
    assert product.carried.bodies(BEN)[-1] == HELP


def strangers_are_refused(product: Product) -> None:
    before = len(product.rows("SELECT id FROM v_inbound"))
    form = inbound(GRACE, HARBOR, "hello", new_sid())
    assert product.post_inbound(form, token="not the token") == 403
    assert product.post_inbound(form | {"To": ELSEWHERE}) == 403
    anybody = product.browser().post("/hooks/twilio/inbound", form)
    assert anybody.status == 403
    assert product.browser().post("/hooks/twilio/status?ref=x", callback(new_sid(), "sent", GRACE)).status == 403
    assert len(product.rows("SELECT id FROM v_inbound")) == before


def an_unknown_number_is_answered_once(product: Product) -> None:
    sids = [product.text_in(STRANGER, words) for words in ("Good morning from the dentist", "Are you there today")]
    texts_in = [product.one("SELECT * FROM v_inbound WHERE carrier_sid = ?", sid) for sid in sids]
    assert all(row["family_id"] is row["member_id"] is row["reflection_id"] is None for row in texts_in)
    wait_for(lambda: product.carried.bodies(STRANGER), "the stranger is answered")
    product.settle()
    assert product.carried.bodies(STRANGER) == [UNKNOWN]


def odd_and_crowded_texts_are_kept_once(product: Product) -> None:
    before = len(product.rows("SELECT id FROM v_inbound"))
    odd = [
        "",
        "\x00 nul \x1b[31m",
        "\N{GRINNING FACE}" * 1600,
        "\u202eright to left שלום",
        "x" * 65_536,
        "%s {child} ${x}",
    ]
    answers = [product.post_inbound(inbound(ROSA, HARBOR, body, new_sid())) for body in odd]
    assert set(answers) <= {200, 400, 413}, answers
    assert len(product.rows("SELECT id FROM v_inbound")) == before + answers.count(200)
    assert answers.count(200) >= len(odd) - 1

    crowd = inbound(ROSA, HARBOR, "the same text, many times at once", new_sid())
    with ThreadPoolExecutor(12) as posts:
        copies = list(posts.map(lambda _: product.post_inbound(crowd), range(24)))
    assert set(copies) == {200}, copies
    product.one("SELECT id FROM v_inbound WHERE carrier_sid = ?", crowd["MessageSid"])
    product.settle()
    assert len(product.outbound("M-ROSA", "keyword_reply")) == 1  # a stopped number hears nothing more

    unread = product.one("SELECT * FROM v_alert")  # the longest goes on behind what was read of it: a person has to
    assert (unread["category"], unread["priority"]) == ("unclassified", "now")
    staff_alerts(product, 2)
    product.text_in(TOM_PHONE, "1")
    assert product.one("SELECT * FROM v_alert")["acknowledged_at"] is not None
    product.settle()


def the_pages_open_for_their_own(product: Product) -> None:
    stranger = product.browser()
    home = stranger.get("/")
    assert home.status == 303 and home.location.endswith("/sign-in")
    assert stranger.get("/healthz").status == 200
    ready = wait_for(lambda: _ready(product), "the product is ready")
    assert "true" in ready
    metrics = stranger.get("/metrics")
    assert metrics.status == 200 and re.search(r"^foster_bond_\w+", metrics.text, re.MULTILINE)
    assert stranger.sign_in("mina@harbor.example", "not her password").status in (401, 422)
    mina = product.browser()
    inside = mina.sign_in("mina@harbor.example", PASSWORD)
    assert inside.status == 303 and inside.location in ("/", f"{product.url}/")
    assert mina.get("/").status == 200
    own = product.member("M-GRACE")["family_id"]
    timeline = mina.get(f"/families/{own}")
    assert timeline.status == 200 and CANARY_WORDS in timeline.text and "Grace" in timeline.text
    assert stranger.get(f"/families/{own}").status == 303
    toms = product.member("M-NORA")["family_id"]
    assert mina.get(f"/families/{toms}").status == 404
    assert mina.get(f"/families/{new_sid()}").status == 404


def _ready(product: Product) -> str:
    page = product.browser().get("/readyz")
    return page.text if page.status == 200 else ""


def the_night_is_quiet_but_for_answers(product: Product) -> None:
    product.go_to(DENVER_EVENING + timedelta(hours=8, minutes=30))  # 3:30 in Denver
    many = len(product.carried.bodies(GRACE))
    product.text_in(GRACE, "BASE")
    texts(product, "M-GRACE", "keyword_reply")
    assert product.carried.bodies(GRACE)[many:] == [BASE]
    product.text_in(NORA, "yes")
    assert product.member("M-NORA")["consent"] == "active"
    texts(product, "M-NORA", "welcome", 2)  # the answer to a YES may leave at any hour
    assert product.carried.bodies(NORA) == [W0, W1, W2]


def a_cry_for_help_is_heard(product: Product) -> None:
    product.settle()
    earlier = {row["id"] for row in product.rows("SELECT id FROM v_outbound WHERE kind = 'staff_alert'")}
    heard_before = {phone: len(product.carried.bodies(phone)) for phone in (TOM_PHONE, MINA_PHONE)}
    sid = product.text_in(GRACE, "I want to kill myself tonight")
    heard = product.one("SELECT * FROM v_inbound WHERE carrier_sid = ?", sid)
    assert heard["crisis"] == 1
    alert = product.one("SELECT * FROM v_alert WHERE inbound_id = ?", heard["id"])
    assert (alert["category"], alert["priority"]) == ("suicide", "now")
    assert alert["acknowledged_at"] is None
    texts(product, "M-GRACE", "crisis_reply")
    assert product.carried.bodies(GRACE)[-1] == CRISIS
    told = [row for row in staff_alerts(product, len(earlier) + 2) if row["id"] not in earlier]
    assert all("Grace" not in body for body in product.carried.bodies(TOM_PHONE))
    assert {phone: len(product.carried.bodies(phone)) - many for phone, many in heard_before.items()} == {
        TOM_PHONE: 1, MINA_PHONE: 1,
    }  # fmt: skip
    assert {row["family_id"] for row in told} <= {None, heard["family_id"]}
    alert = wait_for(
        lambda: next(
            (
                row
                for row in product.rows("SELECT * FROM v_alert WHERE id = ?", alert["id"])
                if row["first_notified_at"] is not None
            ),
            None,
        ),
        "the alert says that somebody was told",
    )
    assert alert["state"] == "notified"
    assert instant(alert["first_notified_at"]) - instant(alert["raised_at"]) < timedelta(seconds=60)
    product.text_in(GRACE, "I mean it, I want to kill myself")
    assert len(product.rows("SELECT id FROM v_alert")) == 3
    product.settle()
    assert len(product.outbound("M-GRACE", "crisis_reply")) == 1


def the_next_evening_waits_for_a_person(product: Product) -> None:
    before = len(product.carried.bodies(GRACE))
    product.go_to(NEW_YORK_EVENING + timedelta(days=1, seconds=1))
    wait_for(lambda: _state_of(product, "M-ROSA", "2026-10-27") not in ("", "planned"), "Rosa's evening is decided")
    assert len(product.outbound("M-ROSA", "prompt")) == 1
    product.go_to(DENVER_EVENING + timedelta(days=1, seconds=1))
    texts(product, "M-NORA", "prompt")
    for ref in ("M-GRACE", "M-BEN"):  # the alert is open for the whole home
        why = wait_for(lambda ref=ref: _why_of(product, ref, "2026-10-27"), "the evening says why it waits")  # type: ignore[misc]
        assert "alert" in why
        assert len(product.outbound(ref, "prompt")) == 1
    assert len(product.carried.bodies(GRACE)) == before


def _slot(product: Product, ref: str, day: str) -> Row | None:
    found = product.rows(
        "SELECT o.* FROM v_occurrence o JOIN v_enrolment e ON e.id = o.enrolment_id WHERE e.member_id = ? "
        "AND o.local_date = ?",
        product.member(ref)["id"],
        day,
    )
    return found[0] if found else None


def _state_of(product: Product, ref: str, day: str) -> str:
    slot = _slot(product, ref, day)
    return "" if slot is None else str(slot["state"])


def _why_of(product: Product, ref: str, day: str) -> str:
    slot = _slot(product, ref, day)
    return "" if slot is None else str(slot["why"] or "")


def nothing_stands_in_the_clear(product: Product) -> None:
    """Canaries: words, names and numbers are in no file of ours and in nothing that we said."""
    stored, said = product.stored_bytes(), product.everything_said()
    numbers = (GRACE, BEN, ROSA, NORA, KAI, STRANGER, HARBOR, OFFICE, TOM_PHONE, MINA_PHONE)
    words = [CANARY_NAME, CANARY_WORDS, "Okafor", "kill myself", "He laughed", PASSWORD]
    for canary in [*words, *numbers, *(number[1:] for number in numbers), *(number[2:] for number in numbers)]:
        assert canary.encode() not in stored, f"{canary} lies in the database"
        assert canary.encode() not in said, f"{canary} was said"
    for key in ("FOSTER_BOND_SECRET_KEY", "FOSTER_BOND_MASTER_KEYS", "FOSTER_BOND_INDEX_KEY", "TWILIO_AUTH_TOKEN"):
        assert product.settings[key].encode() not in said
    assert b"Traceback" not in said
    assert Path(product.folder).exists()


SIMULATED = [
    pytest.param("sqlite", "serve"),
    pytest.param("postgresql", "web and clock", marks=[pytest.mark.postgres, pytest.mark.long]),
]


@pytest.mark.parametrize(("engine", "how"), SIMULATED)
def test_an_evening_on_simulated_phones(harbor: Harbor, engine: str, how: str) -> None:
    product = harbor(engine, "simulated")
    open_everything(product, how)
    for ref in ("M-GRACE", "M-ROSA"):
        texts(product, ref, "welcome", 2)
    product.go_to(DENVER_EVENING + timedelta(seconds=1))
    (grace,) = texts(product, "M-GRACE", "prompt")
    assert instant(grace["claimed_at"]) - DENVER_EVENING < timedelta(seconds=15)
    wait_for(lambda: product.outbound("M-GRACE", "prompt")[0]["state"] == "delivered", "its receipts came in")
    said = product.rows("SELECT status FROM v_callback WHERE carrier_sid = ?", grace["carrier_sid"])
    assert {row["status"] for row in said} == {"sent", "delivered"}
    product.text_in(GRACE, f"A song. {CANARY_WORDS}")
    reflection = product.one("SELECT * FROM v_reflection")
    assert reflection["occurrence_key"] == grace["occurrence_key"]
    mina = product.browser()
    mina.sign_in("mina@harbor.example")
    assert CANARY_WORDS in mina.get(f"/families/{grace['family_id']}").text
    assert "No text leaves this machine" in mina.get("/").text
    look_over(product)
    nothing_stands_in_the_clear(product)
