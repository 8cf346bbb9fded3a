"""One person's consent on paper: an open decision, a refused record, nobody asked, the sheet to print."""

from dataclasses import replace

from foster_bond.rules.page_values.frame import FormState
from foster_bond.rules.page_values.ledger import LedgerPage, LedgerRow, OpenHold, OpenQuestion
from foster_bond.rules.page_values.opt_outs import ConsentPage, Preview, WordingRow
from tests.web.samples import when

_ROWS = (
    LedgerRow(
        "e3", "active", "hold", when("Fri 20 Nov, 3:04 pm in Denver"), "text",
        "I think I am done with these, can we end it", language="en", evidence="text",
    ),
    LedgerRow(
        "e2", "active", "active", when("Mon 2 Nov, 9:00 am in Denver"), "paper", "Consent form B, version 3",
        wording="W1 3f2a91c0, W2 88d1e0aa", language="en", given_on="2026-10-30", by="Mina Vale", scan_id="s1",
        family_name="Whitcombe",
    ),
    LedgerRow("e1", "none", "active", when("Tue 1 Sep, 9:00 am in Denver"), "text", words_hidden=True, evidence="text"),
)  # fmt: skip
HELD = LedgerPage(
    member_id="m1", family_id="f1", name="Dale", family_name="Whitcombe", role="foster_parent", language="en",
    number="+13035550144", state="hold", agency="Harbor Families", since=when("Fri 20 Nov, 3:04 pm in Denver"),
    how="text", wording="Consent form B, version 3 · W1 3f2a91c0, W2 88d1e0aa", rows=_ROWS, other_homes=1,
    hold=OpenHold(
        "I think I am done with these, can we end it", when("Fri 20 Nov, 3:04 pm in Denver"),
        when("Mon 23 Nov, 3:04 pm in Denver"),
    ),
    may_stop=True, today="2026-11-20",
)  # fmt: skip
REFUSED = replace(
    HELD, state="stopped", hold=None, may_record=True, may_stop=False, how="text",
    form=FormState(
        values={"how": "spoken", "given_on": "2026-11-01", "wording": "as read out"},
        problem="They stopped after that day. Only consent that was given since then opens the number again.",
    ),
)  # fmt: skip
NOBODY_ASKED = replace(
    HELD, state="none", hold=None, rows=(), since=None, how="", wording="", other_homes=0, may_ask=True,
    may_record=True, may_stop=True, stop_form=FormState(problem="Write down what they said, and where they said it."),
)  # fmt: skip
ASKED_AGAIN = replace(
    HELD, state="active", hold=None, may_record=True,
    question=OpenQuestion("silent", when("Fri 20 Nov, 9:00 am"), when("Fri 27 Nov, 9:00 am")),
)  # fmt: skip
PROOF = replace(HELD, hold=None, rows=_ROWS[::-1], printed=when("Sat 21 Nov, 8:00 am in Denver"), carrier_stopped=True)
CHECKED = ConsentPage(
    wording=(
        WordingRow("W0 3f2a91c0", "en", "{agency}: reply YES to get up to {max} reflection texts a week."),
        WordingRow("W0 3f2a91c0", "es", "{agency}: responda SI para recibir hasta {max} mensajes por semana."),
    ),
    stopped=3,
    preview=Preview("number\n+13035550144\n", 12, 2, 1),
)
BAD_LIST = ConsentPage(
    wording=(), stopped=0, problems=('line 3: "12" is not a valid phone number.', "line 4: it has 1 cells."),
)  # fmt: skip
