"""What the strangers' scripts set up: the agency Harbor in Denver, with families in two zones and two languages."""

from datetime import UTC, datetime
from types import MappingProxyType

from tests.blackbox.driver import PASSWORD, Product

START = datetime(2026, 10, 26, 15, 0, tzinfo=UTC)  # a Monday: 9:00 in Denver, 11:00 in New York
HARBOR, ELSEWHERE = "+13035550100", "+14155550100"
OFFICE, ONCALL, HOTLINE = "+13035550190", "+13035550191", "+18005550192"
TOM_PHONE, MINA_PHONE = "+13035550151", "+13035550152"
GRACE, BEN, ROSA, NORA, KAI = "+13035550111", "+13035550112", "+12125550121", "+13035550131", "+13035550141"
LATER = datetime(2026, 10, 26, 15, 10, tzinfo=UTC)  # everything has been typed, however slow the machine
DENVER_EVENING = datetime(2026, 10, 27, 1, 0, tzinfo=UTC)  # 19:00 of START's day there
NEW_YORK_EVENING = datetime(2026, 10, 26, 23, 0, tzinfo=UTC)

CANARY_NAME, CANARY_WORDS = "Zebulonia", "the purple heron sang at midnight"
NUMBERS = MappingProxyType({"harbor": HARBOR, "elsewhere": ELSEWHERE})

FAMILIES = f"""\
family,zone,member,role,phone,language,consent,consent_wording,consent_date,caseworker_email,child_word,tags,\
family_ref,member_ref,guardian_consent,guardian_date,age_band
Okafor,America/Denver,Grace {CANARY_NAME},foster_parent,{GRACE},en,recorded,signed at placement,2026-10-01,\
mina@harbor.example,kiddo,pilot,F-OKAFOR,M-GRACE,,,
Okafor,America/Denver,Ben,foster_parent,(303) 555-0112,en,recorded,signed at placement,2026-10-01,\
mina@harbor.example,,,F-OKAFOR,M-BEN,,,
Reyes,America/New_York,Rosa,kin_carer,{ROSA},es,recorded,firmado el primer dia,2026-10-01,mina@harbor.example,\
su peque,,F-REYES,M-ROSA,,,
Lind,America/Denver,Nora,foster_parent,{NORA},en,ask,,2026-10-20,tom@harbor.example,,,F-LIND,M-NORA,,,
Lind,America/Denver,Kai,teen,{KAI},en,none,,,tom@harbor.example,,,F-LIND,M-KAI,County Court,2026-09-01,13-17
"""

PACK = """\
[[prompts]]
id = "BB1"
technique = "support"
level = 1
target = "self"
reply = "text"
[prompts.text]
en = "What was one good minute with {child} today?"
es = "¿Cuál fue un buen minuto con {child} hoy?"

[[prompts]]
id = "BB2"
technique = "clarification"
level = 2
target = "moment"
reply = "text"
[prompts.text]
en = "Pick one moment of today with {child}. What came first?"
es = "Elija un momento de hoy con {child}. ¿Qué pasó primero?"

[[prompts]]
id = "BB3"
technique = "secure_base"
level = 0
target = "self"
reply = "word"
text = { en = "One word for tonight?", es = "¿Una palabra para esta noche?" }

[[prompts]]
id = "BB4"
technique = "support"
level = 1
target = "self"
reply = "1-5"
text = { en = "From 1 to 5, how much is left tonight?", es = "Del 1 al 5, ¿cuánto le queda esta noche?" }

[[prompts]]
id = "BB5"
technique = "support"
level = 1
target = "self"
reply = "text"
text = { en = "What did you do for {child} that nobody saw?", es = "¿Qué hizo por {child} que nadie vio?" }

[[prompts]]
id = "BB6"
technique = "support"
level = 1
target = "self"
reply = "text"
text = { en = "Who held you up this week?", es = "¿Quién le ayudó esta semana?" }

[[programmes]]
id = "bb-evenings"
name = "Evenings"
kind = "ordered"
prompts = ["BB1", "BB2", "BB3", "BB4", "BB5", "BB6"]

[[schedules]]
id = "bb-daily"
name = "Every evening"
audience = ["foster_parent", "kin_carer"]
rule = "FREQ=DAILY"
at = "19:00"
programme = "bb-evenings"
closes_after = "48h"
send_within = "60m"
"""


def setup_words(slug: str = "harbor", name: str = "Harbor", sender: str = HARBOR) -> list[str]:
    """How an agency is set up at a terminal."""
    return [
        *("setup", "--agency", name, "--slug", slug, "--zone", "America/Denver", "--admin", f"ada@{slug}.example"),
        *("--password-file", "password", "--text-name", name, "--sender", sender),
        *("--phone", OFFICE, "--oncall", ONCALL, "--hotline", HOTLINE),
    ]


def settle_in(product: Product) -> None:
    """Type what a new agency types: itself, its staff, its families, its pack."""
    product.numbers = NUMBERS
    product.go_to(START)
    product.file("password", PASSWORD + "\n")
    product.does(*setup_words())
    people = (
        ("tom", "Tom Vale", "supervisor", TOM_PHONE, "--on-call"),
        ("mina", "Mina Vale", "caseworker", MINA_PHONE),
    )
    for first, name, role, phone, *more in people:
        words = ["--email", f"{first}@harbor.example", "--name", name, "--role", role, "--phone", phone, *more]
        product.does("add-staff", "--agency", "harbor", *words, "--password-file", "password")
    product.does("import-families", product.file("families.csv", FAMILIES), "--agency", "harbor")
    product.does("load", product.file("pack.toml", PACK), "--agency", "harbor")
