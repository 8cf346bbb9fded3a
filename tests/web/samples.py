"""The cast on paper: page values as the steps would fill them, for looking at templates without a database."""

from dataclasses import replace

from foster_bond.rules.page_values.alerts import AlertRow, AlertsPage, Run, Told
from foster_bond.rules.page_values.caseload import CaseloadPage, FamilyRow, Need
from foster_bond.rules.page_values.family import (
    AlertMoment,
    Asked,
    ComingUp,
    ConsentMoment,
    Delivery,
    FamilyPage,
    FixedAnswer,
    HoldMoment,
    MemberCard,
    MovedHere,
    NoteMoment,
    PairMoment,
    PairSide,
    Part,
    Place,
    Reflection,
    SaidMoment,
    SentMoment,
    Week,
    WeekBar,
)
from foster_bond.rules.page_values.frame import AlertBanner, Choice, Flash, FormState, Frame, NavLink, When
from tests.web.visit_samples import FIRST_OPENING, OPENING

ROOMS = ("families", "alerts", "tasks", "unplaced", "schedules", "prompts", "people", "delivery", "agency", "audit")
IN_THE_BAR = ("families", "alerts", "tasks", "unplaced", "schedules", "prompts", "phones")
PHONE_RULE = "Same phone rule, the teen's side: what might it take from them? What might it protect?"
LEFT_TONIGHT = "From 1 to 5, how much do you have left tonight?"


def when(words: str, iso: str = "2026-11-17T02:41:00Z") -> When:
    return When(words, iso)


BANNER = AlertBanner(
    alert_id="a1",
    category="missing",
    family_name="Reyes",
    family_id="f-reyes",
    raised=when("4:00 pm"),
    minutes=12,
    next_told="Tom is told in 3 minutes",
    others=1,
)


def frame(room: str = "families", *, banner: AlertBanner | None = None, flashes: tuple[Flash, ...] = ()) -> Frame:
    """What stands around a page of this room, as Mina sees it in the demo."""
    counts = {"alerts": 1, "tasks": 2, "unplaced": 1}
    nav = tuple(
        NavLink(
            one,
            f"/{one}",
            current=one == room,
            count=counts.get(one, 0),
            loud=one == "alerts",
            more=one not in IN_THE_BAR,
        )
        for one in (*ROOMS, "phones")
    )
    return Frame(
        person="Mina",
        role="caseworker",
        agency="Harbor",
        nav=nav,
        pulse_seconds=8,
        simulated=True,
        banner=banner,
        flashes=flashes,
    )


DELIVERED = Delivery("delivered", when("7:01 pm"))

PHONE_REFLECTION = Reflection(
    id="m1",
    member_name="Grace",
    asked=Asked(PHONE_RULE, "exploration", 3),
    parts=(
        Part("It takes her friends, I think. They all talk after nine.", when("Monday 7:41 pm")),
        Part(
            "Or maybe it takes the feeling that somebody trusts her. I had only thought about sleep.",
            when("Monday 7:43 pm"),
        ),
    ),
    when=when("Monday 7:41 pm"),
    minutes_after=40,
    guess=True,
    delivery=DELIVERED,
    unread=True,
)
RATING = Reflection(
    id="m2",
    member_name="Grace",
    asked=Asked(LEFT_TONIGHT, "support", 1),
    parts=(Part("2. She slammed the door and I slammed mine.", when("Sunday 8:03 pm")),),
    when=when("Sunday 8:03 pm", "2026-11-16T03:03:00Z"),
    minutes_after=63,
    rating=2,
    rating_of=5,
    notes=("next prompt stepped down to support",),
    delivery=DELIVERED,
    places=(Place("slot-9", PHONE_RULE[:50], when("Monday 7:00 pm")),),
    maybe=Place("slot-9", PHONE_RULE[:50], when("Monday 7:00 pm")),
)
UNASKED = Reflection(
    id="m3",
    member_name="Ben",
    asked=None,
    parts=(
        Part("La maestra dice que hoy se rió dos veces. No sé por qué me alegra tanto.", when("Sunday 1:15 pm")),
        Part("perdón, se envió tarde", when("Sunday 4:40 pm"), late=True, corrected=True),
        Part("", when("Sunday 4:50 pm"), withdrawn=when("Sunday 5:02 pm")),
    ),
    when=when("Sunday 1:15 pm"),
    language="es",
    places=(Place("slot-9", PHONE_RULE[:50], when("Monday 7:00 pm")),),
    moved=MovedHere("move-1", "Tom", when("Sunday 6:00 pm"), LEFT_TONIGHT),
)
WAITING = SentMoment(
    id="m4",
    member_name="Ben",
    kind_of_text="prompt",
    text="Pick one small moment with the child from today. What came first, next and last?",
    when=when("Saturday 7:00 pm"),
    delivery=DELIVERED,
    technique="clarification",
    level=2,
    answer_until=when("Monday 7:00 pm"),
)
IN_DOUBT = SentMoment(
    id="m5",
    member_name="Grace",
    kind_of_text="prompt",
    text="What is one thing you did for the child this week that no one else saw?",
    when=when("Friday 7:00 pm"),
    delivery=Delivery("unresolved", None, "The carrier did not answer, and when asked it showed no trace of it."),
    technique="support",
    level=1,
    message_id="t1",
)
HELD = HoldMoment(
    id="m6",
    member_name="Grace",
    text="You know this child well. Still, what if your first guess today was off? What else could it have been?",
    technique="challenging",
    level=4,
    was_due=when("Friday 13 Nov, 7:00 pm"),
    why="Challenging waits for an answered support prompt and a rating of 3 or more.",
    outcome="held",
    until=when("Sunday 15 Nov"),
)
PAIR = PairMoment(
    id="m7",
    title="The same moment, three sides · Thursday, the call from school",
    sides=(
        PairSide(
            "Grace, her own side",
            "Shame first. Then I was already writing the speech in the car.",
            when("Thu 6:20 pm"),
        ),
        PairSide(
            "Grace, the teen's side",
            "She thinks I will send her back. I never said it but she may hear it.",
            when("Fri 7:05 pm"),
            guess=True,
        ),
        PairSide(
            "The teen, asked",
            "ask me what happened before you ask me what I did",
            when("Fri 4:48 pm"),
            staff_only=True,
        ),
    ),
    when=when("Thu 6:20 pm"),
)
NOTE = NoteMoment(
    "m8", "Mina", True, "Open the visit with the three sides. Ask Ben, too: he has been quiet.", when("Wed 10:15 am")
)
ALERT = AlertMoment(
    id="m9",
    alert_id="a1",
    member_name="Grace",
    words="She ran out at nine and has not come back. She does not answer.",
    category="missing",
    priority="now",
    state="notified",
    when=when("Tuesday 9:48 pm"),
    told="Mina was told by text 20 seconds later",
    asked=Asked(LEFT_TONIGHT, "support", 1),
    answer=Delivery("delivered"),
    may_take=True,
)
TAKEN = replace(ALERT, id="m10", state="acknowledged", taken_by="Tom", taken_at=when("Tuesday 9:52 pm"), may_take=False)
AGREED = ConsentMoment("m11", "Grace", "pending", "active", "text", when("2 September, 10:12 am"), words="YES")
FIXED = FixedAnswer("Harbor: you are unsubscribed. No more texts. Reply START to come back.", DELIVERED)
STOPPED = ConsentMoment(
    "m12", "Ben", "active", "stopped", "text", when("3 September, 8:00 pm"), words="STOP", answer=FIXED
)
SAID = SaidMoment("m13", "Grace", "pausa 3", "pause", when("4 September, 8:00 pm"), "es", answer=FIXED)

BARS = tuple(
    WeekBar(f"week {n}", int(asked), int(answered), {1: "Sep", 5: "Oct", 10: "Nov"}.get(n, ""))
    for n, (asked, answered) in enumerate(zip("333333333023", "223321233012", strict=True), 1)
)

FAMILY = FamilyPage(
    family_id="f-okafor",
    name="Okafor",
    member_names=("Grace", "Ben"),
    caring_for="a teen",
    since="nine weeks now",
    local_now=when("Tuesday 4:12 pm"),
    opening=OPENING,
    pinned=frozenset({PHONE_REFLECTION.id}),
    weeks=(
        Week("This week", (PHONE_REFLECTION, RATING, UNASKED, WAITING, ALERT)),
        Week("Week of 9 November", (PAIR, IN_DOUBT, HELD, NOTE, TAKEN)),
        Week("Week of 31 August", (SAID, STOPPED, AGREED)),
    ),
    coming_up=(
        ComingUp(when("Wed 7:00 pm"), "Grace", "secure_base", "Find one thing near you that feels calm."),
        ComingUp(when("Thu 7:00 pm"), "Ben", "clarification", "Pick one small moment with the child from today."),
        ComingUp(
            when("Thu 7:00 pm"),
            "Grace",
            "challenging",
            "You know this child well.",
            held=True,
            why="Challenging: hearing that day",
            until=when("Sun 15 Nov"),
        ),
    ),
    members=(
        MemberCard(
            "p1", "Grace", "foster_parent", "en", "active", when("2 Sep"), "text", hour="7 pm", phone_end="0101"
        ),
        MemberCard(
            "p2",
            "Ben",
            "foster_parent",
            "es",
            "active",
            when("2 Sep"),
            "text",
            phone_end="0102",
            facts=("less often since 4 Nov",),
            paused_until=when("Fri 20 Nov"),
            trouble="The carrier says this number cannot receive texts.",
        ),
        MemberCard("p3", "The teen", "teen", "en", "pending", when("10 Sep"), "recorded"),
    ),
    bars=BARS,
    filters=(Choice("", "Everything", chosen=True), Choice("p1", "Grace"), Choice("p2", "Ben")),
    seen="cursor-9",
    earlier="cursor-1",
    may_note=True,
    note_form=FormState({"text": "Ask Ben"}, {"text": ("A note holds at most 4000 characters.",)}),
    note_key="0190aa",
    member="p1",
)
NEW_FAMILY = replace(
    FAMILY,
    weeks=(),
    coming_up=(),
    bars=(),
    filters=(),
    opening=FIRST_OPENING,
    pinned=None,
    earlier="",
    seen="",
    may_note=False,
)

ROWS = (
    FamilyRow(
        "f-reyes",
        "Reyes",
        ("Lucía",),
        "a child, 9",
        (Need("alert", "not yet taken"),),
        "no ha vuelto de la escuela y no contesta",
        "Lucía",
        when("today 3:58 pm"),
        "es",
        (True, True, False, True),
        next_held="All texts stopped until the alert is cleared",
        unread=1,
    ),
    FamilyRow(
        "f-whitcombe",
        "Whitcombe",
        ("Dale",),
        "two small ones",
        (Need("quiet", "Nothing for 11 days; he usually writes twice a week."),),
        "fine. busy. will write more at the weekend",
        "Dale",
        when("Fri 6 Nov"),
        strip=(False, False, False, False),
        next_held="Paused by himself until Friday",
    ),
    FamilyRow(
        "f-okafor",
        "Okafor",
        ("Grace", "Ben"),
        "a teen, 14",
        (Need("hard_day", "Sunday: “2. She slammed the door.”"),),
        "It takes her friends, I think. They all talk after nine.",
        "Grace",
        when("Mon 7:41 pm"),
        strip=(True, True, True, False),
        next_when=when("Wed 7:00 pm"),
        next_technique="secure_base",
        next_held="1 held until after the hearing",
        unread=2,
    ),
    FamilyRow(
        "f-lindqvist",
        "Lindqvist",
        ("Karin",),
        "a child, 6",
        (),
        "He asked if the moon follows everybody or just him",
        "Karin",
        when("yesterday 8:20 pm"),
        strip=(True, True, True, True),
        next_when=when("Thu 8:15 pm"),
        next_technique="support",
        unread=1,
    ),
    FamilyRow("f-new", "Adeyemi", ("Ife",), "", (), "", worker="Paul"),
)
CASELOAD = CaseloadPage(
    part_of_day="afternoon",
    scope="mine",
    total=24,
    needing=3,
    alerts=1,
    quiet=1,
    hard_days=1,
    unread_families=9,
    rows=ROWS,
    left_out=19,
    sorts=(Choice("need", "By need", chosen=True), Choice("unread", "Unread", count=9), Choice("name", "Name")),
)
NO_FAMILIES = CaseloadPage("morning", "agency", 0, 0, 0, 0, 0, 0, (), may_import=True)
NOT_FOUND = replace(CASELOAD, rows=(), search="zzz", needing=0)

ALERT_ROW = AlertRow(
    alert_id="a1",
    family_id="f-reyes",
    family_name="Reyes",
    member_name="Lucía",
    category="missing",
    priority="now",
    state="notified",
    words=(
        (Run("no ha vuelto", sign=True), Run(" de la escuela y no contesta")),
        (Run("ya llamé a sus amigas"),),
    ),
    raised=when("Today 3:58 pm in Denver"),
    minutes=12,
    language="es",
    told=(
        Told("Mina", "text", when("20 seconds later")),
        Told("Ruth", "text", when("3:59 pm"), "failed"),
        Told("Tom", "text", when("4:13 pm"), "planned"),
    ),
    answered="We answered by text 8 seconds later",
    may_take=True,
    may_resolve=False,
)
ALERTS = AlertsPage(
    open=(
        ALERT_ROW,
        replace(
            ALERT_ROW,
            alert_id="a2",
            state="acknowledged",
            taken_by="Tom",
            taken_at=when("4:02 pm"),
            may_take=False,
            may_resolve=True,
        ),
    ),
    closed=(
        replace(
            ALERT_ROW,
            alert_id="a3",
            family_id="",
            family_name="",
            member_name="",
            state="resolved",
            category="suicide",
            taken_by="Mina",
            resolved_by="Mina",
            resolved_at=when("Mon 9 Nov, 11:20 am"),
            resolution="Called at once; she is with her sister. Safety plan looked at together.",
            may_take=False,
        ),
    ),
    earlier="cursor-3",
)
