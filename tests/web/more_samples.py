"""The rest of the rooms on paper: people, schedules, prompts, phones, delivery, the record, the door."""

from foster_bond.rules.page_values.agency import AgencyPage, AuditPage, AuditRow, RotaEntry, SignInPage, TroublePage
from foster_bond.rules.page_values.delivery import (
    DeliveryPage,
    HandOver,
    PausedSender,
    ReasonRow,
    TaskRow,
    TasksPage,
    UnplacedPage,
    UnplacedRow,
    UnresolvedRow,
)
from foster_bond.rules.page_values.frame import Choice, FormState
from foster_bond.rules.page_values.numbers import DutiesPage, DutyRow, NumberRow, NumbersPage
from foster_bond.rules.page_values.people import OneTimeLink, PasswordPage, PeoplePage, PersonRow
from foster_bond.rules.page_values.phones import Bubble, MailItem, PhonesPage, PhoneThread
from foster_bond.rules.page_values.prompts import PromptCard, PromptGroup, PromptsPage, PromptText
from foster_bond.rules.page_values.schedules import PlanPage, PlanSlot, ScheduleRow, SchedulesPage, SentencePiece
from tests.web.samples import when

ROLES = ("caseworker", "supervisor", "lead", "admin")
PEOPLE = PeoplePage(
    rows=(
        PersonRow("s1", "Ruth", "ruth@harbor.example", "admin", me=True, last_seen=when("today 3:50 pm")),
        PersonRow("s2", "Mina", "mina@harbor.example", "caseworker", 24, True, when("today 4:10 pm")),
        PersonRow("s3", "Tom", "tom@harbor.example", "supervisor", 0, True, invited=True),
        PersonRow("s4", "Paul", "paul@harbor.example", "caseworker", 6, disabled=True),
    ),
    roles=ROLES,
    form=FormState(
        {"name": "Ana", "email": "ana@harbor", "role": "caseworker", "phone": "303"},
        {"email": ("“ana@harbor” is not an address.",), "phone": ("“303” is not a phone number we can text.",)},
        "Nobody was added yet.",
    ),
    link=OneTimeLink("Tom", "http://127.0.0.1:8000/sign-in/with/4fQx7nJw9sT2", when("tomorrow 4:12 pm")),
)
PASSWORD = PasswordPage(
    "4fQx7nJw9sT2", "Tom", "tom@harbor.example", 10, FormState({}, {"password": ("Nine characters are too few.",)})
)
GONE = PasswordPage("4fQx7nJw9sT2", "", "", 10, FormState(), gone=True)


SENTENCE = tuple(
    SentencePiece(words.strip("*"), pick=words.startswith("*"))
    for words in (
        "Ask |*foster parents*| on |*Mondays, Wednesdays and Fridays*| at |*7 pm where each of them lives*"
        "|, from the programme |*First twelve weeks*|. If nothing comes back, |*one gentle reminder the next evening*"
        "|. Each question stays open |*48 hours*|."
    ).split("|")
)

SCHEDULES = SchedulesPage(
    (
        ScheduleRow("c1", "First twelve weeks", SENTENCE, "active", 31, 22, when("today 7:00 pm"), 4),
        ScheduleRow("c2", "After a move", SENTENCE[:6], "draft", 0, 0, None),
    )
)
PLAN = PlanPage(
    "c1",
    "First twelve weeks",
    SENTENCE,
    "active",
    31,
    22,
    4,
    when("2 October"),
    (Choice("p1", "Grace Okafor", chosen=True), Choice("p2", "Ben Okafor")),
    "Grace Okafor",
    (
        PlanSlot(
            when("Mon 26 Oct, 7:00 pm"),
            "Pick one small moment with the child from today. What came first, next and last?",
            "clarification",
            2,
            note="Clarification, week 4",
            outcome="sent",
        ),
        PlanSlot(
            when("Wed 28 Oct, 7:00 pm"),
            "What is one thing you did for the child this week that no one else saw?",
            "support",
            1,
            note="Support: her last rating was 2",
        ),
        PlanSlot(
            when("Fri 30 Oct, 7:00 pm"),
            "You know this child well. Still, what if your first guess today was off?",
            "challenging",
            4,
            outcome="held",
            why="Challenging waits for an answered support prompt and a rating of 3 or more. Instead: a calm thing.",
            parts=None,
        ),
        PlanSlot(
            when("Mon 2 Nov, 7:00 pm"),
            "Think of one thing the child did today. What might they have felt? Give two guesses, not one.",
            "exploration",
            3,
            note="Exploration · clocks went back on Sunday; still 7 pm in Denver",
        ),
    ),
    week_cap=6,
    month_texts=380,
    month_parts=380,
)
NOBODY_PLANNED = PlanPage("c2", "After a move", SENTENCE, "draft", 0, 0, 1, None, (), "", ())

CALM = PromptCard(
    "pr-b1",
    "B1",
    "secure_base",
    0,
    "self",
    "word",
    ("foster_parent", "kin_carer"),
    (
        PromptText("en", "Find one thing near you that feels calm: a chair, a song, a cup of tea. What is it?", 1, 110),
        PromptText("es", "Busque algo cerca que le da calma: una silla, un canto, una taza de té. ¿Qué es?", 1, 107),
    ),
    asked=41,
    answered=36,
    approved_by="Ruth",
    approved_at=when("2 October"),
)
HARD = PromptCard(
    "pr-t1",
    "T1",
    "transference",
    5,
    "self-past",
    "text",
    ("foster_parent",),
    (PromptText("en", "Does a moment with the child ever feel like one from your own past? OK to SKIP.", 1, 110),),
    on=False,
    off_why="Relationship patterns are switched on family by family, by a named worker.",
)
PROMPTS = PromptsPage((PromptGroup("secure_base", (CALM,)), PromptGroup("transference", (HARD,))), 67, 61, ("en", "es"))

GRACE_PHONE = PhoneThread(
    "ph1",
    "+1 303 555 0101",
    "Grace",
    "Okafor",
    "f-okafor",
    "en",
    (
        Bubble(
            "b1", False, "Harbor: you're in. Up to 6 reflection texts/week. STOP to end.", when("7:00 pm"), "Monday"
        ),
        Bubble("b2", False, "From 1 to 5, how much do you have left tonight?", when("7:02 pm"), "Sunday 15 November"),
        Bubble("b3", True, "2. She slammed the door and I slammed mine.", when("8:03 pm")),
        Bubble("b4", False, "Thank you. It is written down for your team.", when("8:03 pm"), note="1 part"),
    ),
    when("Tue 4:12 pm in Denver"),
)
LUCIA_PHONE = PhoneThread(
    "ph2",
    "+1 303 555 0103",
    "Lucía",
    "Reyes",
    "f-reyes",
    "es",
    (Bubble("b5", False, "¿Qué ha pasado primero, luego y al final?", when("7:00 pm"), "Monday", language="es"),),
    when("Tue 4:12 pm in Denver"),
    stopped=True,
)
QUIET_PHONE = PhoneThread("ph3", "+1 303 555 0190", "Mina", "", "", "en", (), when("Tue 4:12 pm"), staff=True)
PHONES = PhonesPage(
    when("Tue 17 Nov, 4:12 pm in Denver"),
    (GRACE_PHONE, LUCIA_PHONE, QUIET_PHONE),
    when("Wed 18 Nov, 7:00 pm"),
    "cursor-5",
    (MailItem("ma1", "tom@harbor.example", "An alert waits", "A child may be missing.\nOpen the page.", when("4 pm")),),
    FormState({"body": "X" * 20}, {"body": ("An answer holds at most 1,600 characters.",)}),
    "ph1",
)
NO_PHONES = PhonesPage(when("Tue 17 Nov, 4:12 pm in Denver"), (), None, moving=True)

DOUBT = UnresolvedRow(
    "t1",
    "f-okafor",
    "Okafor",
    "Grace",
    "prompt",
    "What is one thing you did for the child this week that no one else saw?",
    when("Fri 13 Nov, 7:00 pm"),
    3,
    asked_carrier=when("7:05 pm"),
)
DELIVERY = DeliveryPage(
    waiting=412,
    due_now=0,
    in_flight=2,
    unknown=1,
    unresolved=(DOUBT,),
    sent_today=118,
    oldest_due=None,
    oldest_seconds=0,
    hand_over=HandOver(118, 0.9, 3.2, 8.4, 0.992, 1.0, True),
    reasons=(
        ReasonRow("undelivered", "The phone was off or out of reach for too long.", 3),
        ReasonRow("suppressed", "This person has stopped the texts.", 1),
        ReasonRow("expired", "Our clock was down while the evening passed.", 2),
    ),
)
PAUSED = DeliveryPage(
    12,
    12,
    0,
    0,
    (),
    0,
    when("today 7:00 pm"),
    4000,
    None,
    (),
    (PausedSender("", "The carrier refuses our credentials.", when("today 6:58 pm")),),
)
TASKS = TasksPage(
    (
        TaskRow(
            "k1",
            "unresolved",
            "We do not know whether Grace got this",
            "The carrier did not answer, and shows no trace of it.",
            "f-okafor",
            "Okafor",
            when("today"),
            unresolved=DOUBT,
        ),
        TaskRow(
            "k2",
            "number",
            "Ben's number cannot receive texts",
            "The carrier calls it a landline. Ask him for another one.",
            "f-okafor",
            "Okafor",
            when("Mon 16 Nov"),
            "Mina",
            overdue=True,
        ),
    ),
    (TaskRow("k3", "hold", "Dale may have meant stop", "", "f-whitcombe", "Whitcombe", None, "Mina"),),
)
UNPLACED = UnplacedPage(
    (
        UnplacedRow(
            "i1",
            "0199",
            "who is this",
            when("today 2:03 pm"),
            "This number belongs to two families.",
            (Choice("p1", "Grace Okafor"), Choice("p9", "Karin Lindqvist")),
        ),
        UnplacedRow("i2", "0155", "WIN A PRIZE", when("today 2:01 pm"), "We do not know this number.", (), 50),
        UnplacedRow(
            "i3",
            "0177",
            "Hi, Grace here, new phone.",
            when("today 1:40 pm"),
            "We do not know this number.",
            (Choice("p1", "Grace Okafor"), Choice("p9", "Karin Lindqvist")),
            may_adopt=True,
            pictures=2,
        ),
    ),
    "cursor-2",
)
AGENCY = AgencyPage(
    "Harbor Family Services",
    "harbor",
    "America/Denver",
    when("Tuesday 4:12 pm"),
    "Harbor",
    "8:00 am",
    "8:30 pm",
    6,
    "simulated",
    ("+1 303 555 0100",),
    office="+1 303 555 0110",
    families=24,
    staff=4,
    rota=(RotaEntry("Mina", "caseworker", 0), RotaEntry("Tom", "supervisor", 15)),
    missing=("Name a line that is answered now, so that a warning sign gets a number to call.",),
    may_change=True,
    form=FormState({"phone": "303"}, {"phone": ("“303” is not a phone number; write it like +13035550101.",)}),
)
NUMBERS = NumbersPage(
    (NumberRow("phone", "Office line", "+1 303 555 0110", checked=when("Mon 2 Nov"), checked_by="Tom"),
     NumberRow("oncall", "Line that is answered now", ""),),
    (NumberRow("crisis", "Suicide and crisis lifeline, by call or text; Spanish with 2", "988", "988", texts=11,
               duties=True, due=True),
     NumberRow("poison", "Poison help", "1-303-555-0177", "1-800-222-1222", own=True, texts=2, due=True,
               form=FormState({"number": "me"}, {"number": ("Write it as a text should say it: digits.",)})),),
    2, may_check=True, may_change=True,
)  # fmt: skip
DUTIES = DutiesPage(
    (DutyRow("suicide", "Call them now. Do not leave it at a text.", ours=True),
     DutyRow("abuse", "A text is not a report. Call the state line, then Ruth.", ours=False)),
    may_change=True, longest=600, form=FormState({"suicide": "Call them now.", "abuse": "A text is not a report."}),
)  # fmt: skip
AUDIT = AuditPage(
    (
        AuditRow(None, when("today 4:12 pm"), "Mina", "opened the Okafor family", "", "f-okafor"),
        AuditRow(4012, when("today 4:02 pm"), "Tom", "took an alert", "Reyes family"),
        AuditRow(4011, when("today 3:50 pm"), "Ruth", "signed in"),
    ),
    4012,
    1,
    when("today 4:12 pm"),
    earlier="cursor-4",
)
DOOR = SignInPage(demo=(("mina@harbor.example", "harbor-demo-mina"), ("tom@harbor.example", "harbor-demo-tom")))
DOOR_REFUSED = SignInPage("mina@harbor.example", "That address and password do not belong together.")
DOOR_WAIT = SignInPage("mina@harbor.example", "", 14)
DOOR_ENDED = SignInPage(ended=True)
TROUBLES = tuple(
    TroublePage(kind, status, wait_seconds=40, ref="7f3a")
    for kind, status in (
        ("not_found", 404),
        ("not_allowed", 403),
        ("too_many", 429),
        ("broken", 500),
        ("ended", 401),
        ("conflict", 409),
        ("bad_request", 400),
    )
)
