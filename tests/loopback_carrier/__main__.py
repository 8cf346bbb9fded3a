"""The loopback carrier as a process of its own, so that it lives on while ours are killed.

Prints one line, `listening on http://127.0.0.1:PORT`, and runs until it is told to stop. While it runs:
GET /_control/ledger · POST /_control/script, /callbacks, /inbound, /report (JSON), see `server.py`.
"""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from foster_bond.clock import SystemClock
from tests.loopback_carrier.callbacks import Callbacks
from tests.loopback_carrier.script import Script
from tests.loopback_carrier.server import ACCOUNT_SID, AUTH_TOKEN, LoopbackCarrier


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.loopback_carrier", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ledger", type=Path, help="a file of JSON lines, read back when it exists")
    parser.add_argument("--script", default="{}", help='JSON: {"seed": 7, "rates": {"reset_before": 0.1}, ...}')
    parser.add_argument("--callbacks", default=None, help='JSON: {"statuses": ["sent", "delivered"], "delay": 0.1}')
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before every answer")
    parser.add_argument("--clock-file", type=Path, help="the product's clock file; dates follow it")
    parser.add_argument("--account-sid", default=ACCOUNT_SID)
    parser.add_argument("--auth-token", default=AUTH_TOKEN)
    told = parser.parse_args()
    callbacks = json.loads(told.callbacks) if told.callbacks else None
    carrier = LoopbackCarrier(
        script=Script.from_json(json.loads(told.script)),
        callbacks=Callbacks(**{**callbacks, "statuses": tuple(callbacks["statuses"])}) if callbacks else None,
        ledger_path=told.ledger,
        port=told.port,
        latency=told.latency,
        account_sid=told.account_sid,
        auth_token=told.auth_token,
        now=SystemClock(told.clock_file).now,
    )
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with carrier:
        sys.stdout.write(f"listening on {carrier.url}\n")
        sys.stdout.flush()
        stop.wait()


if __name__ == "__main__":
    main()
