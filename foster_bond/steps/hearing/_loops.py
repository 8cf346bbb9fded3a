"""What the hearing steps share: who is never answered: machines, our own lines, and a phone that answers by itself."""

from foster_bond.rules.folding import fold
from foster_bond.rules.keywords import Meaning
from foster_bond.steps.hearing._heard import FLOOD_SPAN, Heard
from foster_bond.store import agencies, lately

EQUAL = 3  # the same words so often within an hour, and no wish of the table: an answering machine talks to us


def is_nobody(heard: Heard) -> bool:
    """True where an answer would go to a short code or to a line of ours: nothing that could be said there helps."""
    return heard.is_machine or agencies.addressed(heard.session, heard.vault, heard.sender) is not None


def goes_round(heard: Heard) -> bool:
    """True where the phone sends the same words again and again, as one does that answers by itself."""
    if heard.reading.meaning not in (Meaning.REPLY, Meaning.UNCLEAR_STOP) or heard.texts_lately < EQUAL - 1:
        return False
    said = lately.said_lately(heard.session, heard.vault, heard.agency.id, heard.bidx, heard.said_at - FLOOD_SPAN)
    last = [fold(one) for one in said[-EQUAL:]]
    return len(last) == EQUAL and len(set(last)) == 1 and bool(last[0])
