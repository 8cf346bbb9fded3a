"""Carriers: what Twilio's error numbers mean for staff, and what each must set off. One table, used by every step.

Source: Twilio's error and warning dictionary, one page per code: `reference(code)`. The sentences are ours.
Both the answer to a send and a later status callback carry these numbers. Twilio renames and splits codes (it made
21211, 21606 and 21614 finer in July 2024), so an unknown number always has a sentence too.
"""

from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """What a code sets off, beyond ending the text that met it."""

    STOP_CONSENT = "stop_consent"
    """The person's network has stopped our texts: consent ends, the text is suppressed."""
    NUMBER_BAD = "number_bad"
    """This number may not be reachable by text: flag it for a person to check."""
    SENDER_PAUSED = "sender_paused"
    """Our sending number is blocked or not set up: every further text would fail, so pause it and raise an alarm."""
    CREDENTIALS = "credentials"
    """The account is refused: pause all sending, fail nothing for it."""
    SLOW_DOWN = "slow_down"
    """Too fast; the text did not leave and may be tried again later."""
    OTHER = "other"
    """Nothing beyond this one text."""


@dataclass(frozen=True, slots=True)
class CarrierCode:
    """One error number. `sentence` is for staff: what happened and what they can do, no jargon."""

    code: int | None
    sentence: str
    effect: Effect

    @property
    def reference(self) -> str:
        """The address of Twilio's own page about it; empty where there is no number."""
        return f"https://www.twilio.com/docs/api/errors/{self.code}" if self.code else ""


_ACCOUNT = "The carrier does not accept our account at the moment. Sending waits; your administrator has been told."
_OUR_NUMBER = "The agency's own texting number cannot send this. Sending waits; your administrator has been told."
_BAD_NUMBER = "This is not a number that can get texts. Check it with the family."
_TOO_FAST = "Too many texts at once. It will be tried again by itself."

_STOP = Effect.STOP_CONSENT
_NUMBER = Effect.NUMBER_BAD
_SENDER = Effect.SENDER_PAUSED
_CREDENTIALS = Effect.CREDENTIALS
_SLOW = Effect.SLOW_DOWN
_OTHER = Effect.OTHER

_TABLE: tuple[tuple[int, Effect, str], ...] = (
    (10001, _CREDENTIALS, _ACCOUNT),
    (20003, _CREDENTIALS, _ACCOUNT),
    (20005, _CREDENTIALS, _ACCOUNT),
    (20404, _CREDENTIALS, _ACCOUNT),  # to a create: the account in the address is not known there
    (20429, _SLOW, _TOO_FAST),
    (21211, _NUMBER, _BAD_NUMBER),
    (21212, _SENDER, _OUR_NUMBER),
    (21265, _NUMBER, "This is a short service number, which cannot get our texts. Check it with the family."),
    (21266, _NUMBER, "This is the agency's own texting number. Check the family's number."),
    (21268, _NUMBER, "This is a premium or information line, not a person's phone. Check it with the family."),
    (21408, _OTHER, "Texts to that country are not switched on for the agency's account."),
    (21602, _OTHER, "The text was empty, so there was nothing to send."),
    (21606, _SENDER, _OUR_NUMBER),
    (21608, _OTHER, "The agency's account is still a trial, which only texts numbers it has checked first."),
    (21609, _OTHER, "The address for delivery reports is not valid. Your administrator must correct it."),
    (21610, _STOP, "This person has told their phone network to stop our texts. Only a START from them undoes it."),
    (21611, _SLOW, _TOO_FAST),
    (21612, _OTHER, "There is no route for texts from the agency's number to this phone. Reach them another way."),
    (21614, _NUMBER, "This is not a mobile number. Check it with the family."),
    (21617, _OTHER, "The text was longer than 1,600 characters."),
    (21635, _NUMBER, "This is a landline, which cannot get texts. Ask for a mobile number."),
    (21659, _SENDER, _OUR_NUMBER),
    (21660, _SENDER, _OUR_NUMBER),
    (21661, _SENDER, _OUR_NUMBER),
    (21703, _SENDER, "No texting number is set up for the agency. Sending waits; your administrator has been told."),
    (30001, _OTHER, "Too many texts were waiting and this one was dropped. It can be sent again."),
    (30002, _CREDENTIALS, _ACCOUNT),
    (
        30003,
        _NUMBER,
        "The phone was off, out of reach, or does not take texts. If it keeps happening, check the number.",
    ),
    (30004, _OTHER, "The person's phone or network blocks our texts. Reach them another way."),
    (30005, _NUMBER, "The number is no longer in use, or the phone was off for long. Check it with the family."),
    (30006, _NUMBER, "This is a landline or a network that we cannot reach. Ask for a mobile number."),
    (30007, _SENDER, "A phone network filtered the text as spam. Sending waits; your administrator has been told."),
    (30008, _OTHER, "The phone network did not deliver it and gave no reason. It can be sent again."),
    (30010, _OTHER, "The text would have cost more than the limit set in the agency's account."),
    (30017, _OTHER, "The phone network was too busy. It can be sent again."),
    (30018, _OTHER, "That country asks for a registered sender name, which the agency does not have."),
    (30022, _OTHER, "The phone network held it back because texts came too fast. It can be sent again."),
    (30023, _OTHER, "The agency's daily number of texts is used up. It can be sent again tomorrow."),
    (30024, _OTHER, "The agency's number is not yet known to this phone network. It can be sent again tomorrow."),
    (30027, _OTHER, "The daily number of texts for this phone network is used up. It can be sent again tomorrow."),
    (30032, _SENDER, "The agency's toll-free number is not verified. Sending waits; your administrator has been told."),
    (
        30033,
        _SENDER,
        "The agency's texting registration is suspended. Sending waits; your administrator has been told.",
    ),
    (
        30034,
        _SENDER,
        "The agency's number is not registered for texting. Sending waits; your administrator has been told.",
    ),
    (30036, _OTHER, "It could not be delivered before polite hours ended, so it was let go."),
    (30410, _OTHER, "The phone network did not answer in time. It can be sent again."),
    (30450, _OTHER, "The carrier blocked it as suspected fraud. Ask your administrator to look at the account."),
    (63038, _SLOW, "The account's daily number of texts is used up. It will be tried again by itself."),
    (90010, _CREDENTIALS, _ACCOUNT),
)

CODES = {code: CarrierCode(code, sentence, effect) for code, effect, sentence in _TABLE}


def meaning(code: int | None) -> CarrierCode:
    """What to tell staff about this error number and what it sets off; never fails, whatever the number."""
    if code is None:
        return CarrierCode(None, "The carrier refused it and gave no reason.", Effect.OTHER)
    unknown = CarrierCode(
        code, f"The carrier refused it (its error {code}). Your administrator can look it up.", _OTHER
    )
    return CODES.get(code, unknown)
