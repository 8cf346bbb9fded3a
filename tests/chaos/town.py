"""The town of the chaos runs: one agency, twenty people who agreed to texts, a prompt every evening at seven."""

from types import MappingProxyType

from tests.blackbox.driver import PASSWORD, Product
from tests.blackbox.harbor import HARBOR, MINA_PHONE, PACK, START, TOM_PHONE, setup_words

PEOPLE = 20
NUMBERS = tuple(f"+172055501{index:02d}" for index in range(PEOPLE))
ZONE, HOUR = "America/Denver", 19
CANARY = "the purple heron sang at midnight"


def families() -> str:
    """The file that puts everybody into homes of two."""
    head = "family,zone,member,role,phone,language,consent,consent_wording,consent_date,caseworker_email"
    rows = [
        f"Home{index // 2},{ZONE},Person{index},foster_parent,{number},{'en' if index % 3 else 'es'},recorded,"
        "signed at placement,2026-10-01,mina@harbor.example"
        for index, number in enumerate(NUMBERS)
    ]
    return "\n".join([head, *rows]) + "\n"


def settle_in(product: Product) -> None:
    """Type what a new agency types."""
    product.numbers = MappingProxyType({"harbor": HARBOR})
    product.go_to(START)
    product.file("password", PASSWORD + "\n")
    product.does(*setup_words())
    for email, name, role, phone, *more in (
        ("tom@harbor.example", "Tom Vale", "supervisor", TOM_PHONE, "--on-call"),
        ("mina@harbor.example", "Mina Vale", "caseworker", MINA_PHONE),
    ):
        words = ["--email", email, "--name", name, "--role", role, "--phone", phone, *more]
        product.does("add-staff", "--agency", "harbor", *words, "--password-file", "password")
    product.does("import-families", product.file("families.csv", families()), "--agency", "harbor")
    product.does("load", product.file("pack.toml", PACK), "--agency", "harbor")
