"""Reply → a mark for whoever reads it: words in letters that neither English nor Spanish has. Certain, or silent."""

import unicodedata

_LEAST = 4  # letters; a shorter text may be a name or a sign


def is_foreign_script(text: str) -> bool:
    """True where most letters of the text are of another script than the Latin one.

    A language in Latin letters is not told apart: a guess that is wrong would mislead.
    """
    letters = [character for character in text[:2000] if character.isalpha()]
    latin = sum(unicodedata.name(character, "").startswith(("LATIN", "FULLWIDTH LATIN")) for character in letters)
    return len(letters) >= _LEAST and latin * 2 < len(letters)
