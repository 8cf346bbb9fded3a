"""Carriers: what Twilio says and does when somebody calls the number that is only for texts."""

import re

from twilio.twiml.voice_response import VoiceResponse

_NUMBER = re.compile(r"(?<!\w)\+?[0-9][0-9-]+[0-9](?!\w)", re.ASCII)
_NATIONAL = re.compile(r"\+1([2-9][0-9]{2})([0-9]{3})([0-9]{4})", re.ASCII)  # as people there dial and say it
_SPOKEN = {"en": "en-US", "es": "es-MX"}  # Twilio's names for the languages that it reads aloud


def spoken_answer(words: str, language: str, connect_to: str | None) -> str:
    """TwiML: one sentence, then the call goes on to that line where there is one; without one it ends."""
    answer = VoiceResponse()
    answer.say(_NUMBER.sub(lambda found: _digit_by_digit(found[0]), words), language=_SPOKEN[language])
    if connect_to is not None:
        answer.dial(connect_to)
    return str(answer)


def _digit_by_digit(number: str) -> str:
    """`9 1 1`, and `3 0 3, 5 5 5, 0 1 9 0`: written in one piece, a voice would read a number in the billions."""
    national = _NATIONAL.fullmatch(number)
    groups = national.groups() if national else number.lstrip("+").split("-")
    return ", ".join(" ".join(group) for group in groups)
