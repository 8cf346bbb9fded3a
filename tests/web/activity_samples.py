"""Values for the activities template: held, asked and over runs, refused and free offers, a moment from two sides."""

from dataclasses import replace

from foster_bond.rules.page_values.activities import (
    ActivitiesPage,
    MayOffer,
    PersonToOffer,
    RunLine,
    SharedMoment,
    Side,
    StepLine,
)
from foster_bond.rules.page_values.frame import FormState, When
from foster_bond.rules.page_values.moments import Asked, Part, Reflection, ViewsMoment, WalkMoment, Week
from tests.web import samples

TUESDAY = When("Tue 3 Nov, 7:00 pm", "2026-11-04T02:00:00Z")
STEPS = (
    StepLine(1, "Picture a place where you feel safe.", "en", TUESDAY, "r1"),
    StepLine(2, "Look around your safe place.", "en", TUESDAY),
    StepLine(3, "Think of the child.", "en", passed="hard_day"),
    StepLine(4, "Come back.", "en"),
)
HELD = RunLine(
    "f1", "Grace", "dream_journey", 1, "held", "", 3, 5, TUESDAY, "Mina Vale", expires=TUESDAY, held=TUESDAY,
    resumed=TUESDAY, steps=STEPS,
)  # fmt: skip
DUE = RunLine("f2", "Ben", "P3", 1, "due", "", 2, 2, TUESDAY, "", due=TUESDAY, expires=TUESDAY, steps=STEPS)
ASKED = RunLine(
    "f3", "Kai", "dream_journey", 1, "asked", "", 2, 5, TUESDAY, "Mina Vale", expires=TUESDAY, with_worker=True,
    steps=STEPS,
)  # fmt: skip
OVER = RunLine("f4", "Kai", "P3-direct", 1, "expired", "silence", 1, 2, TUESDAY, "Mina Vale", ended=TUESDAY)
GRACE = PersonToOffer(
    "m1", "Grace", "foster_parent", False, (MayOffer("dream_journey"), MayOffer("P3"), MayOffer("P5", "date"))
)
KAI = PersonToOffer("m2", "Kai", "teen", True, (MayOffer("dream_journey", "worker"),))
SIDES = (
    Side("A", "Grace", "foster_parent", "The phone rule, your side.", ("I was afraid.",), "en", TUESDAY, "r1"),
    Side("B", "Grace", "foster_parent", "The teen's side.", ("Maybe alone?",), "en", TUESDAY, "r2"),
    Side("D", "Kai", "teen", "Your side.", (), "es", TUESDAY, "r3"),
)
ACTIVITIES = ActivitiesPage(
    "fam", "The Okafors", (HELD, DUE, ASKED), (OVER,), (GRACE, KAI), (SharedMoment("P3", TUESDAY, SIDES),),
    FormState(errors={"activity": ("night",)}), "m1",
)  # fmt: skip
NONE = ActivitiesPage("fam", "The Okafors", (), (), (), ())


def _said(key: str, asked: str, words: str, *, guess: bool = False, technique: str = "secure_base") -> Reflection:
    return Reflection(
        key, "Grace", Asked(asked, technique, 0, "en", TUESDAY), (Part(words, TUESDAY),), TUESDAY, 4, guess=guess
    )


WALK = WalkMoment(
    "f1", "Grace", "dream_journey", "held", "", 3, 5, TUESDAY,
    (_said("r1", "Picture a place where you feel safe.", "My grandmother's porch, in the rain."),
     _said("r2", "Look around your safe place.", "Wet dust. The neighbour's radio.")), unread=True,
)  # fmt: skip
OVER_WALK = WalkMoment("f4", "Kai", "dream_journey", "done", "finished", 2, 5, TUESDAY, ())
VIEWS = ViewsMoment(
    "views-r7", "P3", TUESDAY,
    (("A", _said("r5", "The phone rule, your side.", "I was afraid she would be up all night.")),
     ("B", _said("r6", "Same phone rule, the teen's side.", "Maybe that is where her friends are?", guess=True)),
     ("D", _said("r7", "What do you wish they got?", "that they ask me first"))),
)  # fmt: skip
FAMILY = replace(samples.FAMILY, weeks=(Week("This week", (WALK, VIEWS, OVER_WALK)),))
