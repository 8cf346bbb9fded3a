"""Carriers: what Twilio says and does when somebody calls the number that is only for texts."""

from twilio.twiml.voice_response import VoiceResponse

_SPOKEN = {"en": "en-US", "es": "es-MX"}  # Twilio's names for the languages that it reads aloud


def spoken_answer(words: str, language: str, connect_to: str | None) -> str:
    """TwiML: one sentence, then the call goes on to that line where there is one; without one it ends."""
    answer = VoiceResponse()
    answer.say(words, language=_SPOKEN[language])
    if connect_to is not None:
        answer.dial(connect_to)
    return str(answer)
