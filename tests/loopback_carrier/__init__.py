"""A carrier on loopback that speaks Twilio's Messages API, keeps its own ledger and fails on request.

In a test: `with LoopbackCarrier(script=Script.of("ok", "reset_before")) as carrier:`, then its `url` and `ledger`.
As a process, which outlives the kills of a chaos run: `python -m tests.loopback_carrier --port 9100 --ledger l.jsonl`.
"""

from tests.loopback_carrier.callbacks import Callbacks
from tests.loopback_carrier.ledger import Ledger, Record
from tests.loopback_carrier.script import Fault, Script
from tests.loopback_carrier.server import ACCOUNT_SID, AUTH_TOKEN, LoopbackCarrier
from tests.loopback_carrier.webhooks import inbound_form, post_form, status_form

__all__ = [
    "ACCOUNT_SID",
    "AUTH_TOKEN",
    "Callbacks",
    "Fault",
    "Ledger",
    "LoopbackCarrier",
    "Record",
    "Script",
    "inbound_form",
    "post_form",
    "status_form",
]
