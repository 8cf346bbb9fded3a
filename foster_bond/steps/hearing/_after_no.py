"""What the hearing steps share: MORE or MAS right after a bare NO may be one wish in two texts: "no more"."""

from dataclasses import replace
from datetime import timedelta

from foster_bond.rules.folding import fold
from foster_bond.rules.keyword_table import listed
from foster_bond.steps.hearing._heard import Heard
from foster_bond.store import lately

TWO_TEXTS = timedelta(minutes=15)


def read_together(heard: Heard) -> None:
    """Let the reader know where the text before this one was a bare NO, if this one may belong to it."""
    if not heard.texts_lately or fold(heard.own_words) not in listed("after_a_no", "unclear_stop"):
        return
    said = lately.said_lately(heard.session, heard.vault, heard.agency.id, heard.bidx, heard.said_at - TWO_TEXTS)
    if said and fold(said[-1]) == "no":
        heard.asked = replace(heard.asked, after_no=True)
