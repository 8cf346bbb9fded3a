"""Rules of the river: the words of a mail to staff, filled once."""

from collections.abc import Mapping

from foster_bond.errors import InvalidInput
from foster_bond.library.mail_words import mail_words

FILLS = frozenset({"agency", "link"})


def mail_text(kind: str, language: str, fills: Mapping[str, str]) -> tuple[str, str]:
    """Subject and body in the person's language, or else in English. Raises: InvalidInput for an unknown kind."""
    words = mail_words().get(kind)
    if words is None:
        raise InvalidInput(f"{kind!r} is no mail of ours.")
    said = {part: texts.get(language, texts["en"]).strip() for part, texts in words.items()}
    for name in FILLS:
        said = {part: text.replace(f"{{{name}}}", fills[name]) for part, text in said.items()}
    return " ".join(said["subject"].split()), said["body"] + "\n"
