"""The short way through a plain text gives what the long way gives."""

import string

from hypothesis import given
from hypothesis import strategies as st

from foster_bond.rules.folding import plain

UNSEEN = "\u200b"  # shows nothing, and sends a text the long way


@given(st.text(st.sampled_from(string.printable + "'`'`  "), max_size=60))
def test_a_text_of_plain_letters_reads_the_same_either_way(text: str) -> None:
    assert plain(text) == plain(text + UNSEEN)


def test_apostrophes_and_doubled_blanks_are_taken_out_of_plain_letters() -> None:
    assert plain("  I can't ` go   on ") == "I cant go on"
