"""How each fault of the script looks from the other end of the wire."""

import asyncio

from tests.loopback_carrier.api import error
from tests.loopback_carrier.ledger import new_sid
from tests.loopback_carrier.script import Fault, Kind
from tests.loopback_carrier.wire import Answer, reset


async def answer_with(fault: Fault, good: Answer | None, writer: asyncio.StreamWriter, retry_after: int | None) -> bool:
    """Answer as the fault has it; False where the connection is done for."""
    kind = fault.kind
    if kind in {Kind.RESET_BEFORE, Kind.RESET_AFTER_ACCEPT, Kind.ACCEPT_LATE}:
        reset(writer)
        return False
    if kind in {Kind.HANG, Kind.ACCEPT_THEN_HANG}:
        await asyncio.sleep(fault.number or 3600)
        return False
    answer = _spoilt(fault, good, retry_after)
    if kind not in {Kind.RESET_MID, Kind.SLOW_DRIP}:
        return await write_answer(writer, answer)
    head, body = answer.head_and_body()
    writer.write(head)
    await writer.drain()
    if kind is Kind.RESET_MID:
        writer.write(body[: len(body) // 2])
        await writer.drain()
        reset(writer)
        return False
    for at in range(len(body)):
        writer.write(body[at : at + 1])
        await writer.drain()
        await asyncio.sleep(fault.number or 0.2)
    return True


def _spoilt(fault: Fault, good: Answer | None, retry_after: int | None) -> Answer:
    """The answer that this fault makes of a good one."""
    payload = dict(good.payload) if good is not None else {}
    match fault.kind:
        case Kind.ERROR_500_BEFORE | Kind.ERROR_500_AFTER_ACCEPT:
            return error(500, 20500, "An internal server error has occurred")
        case Kind.TOO_MANY:
            return error(429, 20429, "Too Many Requests", {"Retry-After": str(retry_after)} if retry_after else None)
        case Kind.UNAUTHORIZED:
            return error(401, 20003, "Authenticate")
        case Kind.FORBIDDEN:
            return error(403, 20403, "Forbidden")
        case Kind.CODE:
            return error(400, int(fault.number or 0), "Refused, as scripted")
        case Kind.GARBAGE_BODY:
            return Answer(201, raw=b"<html>\xff\xfe everything is fine </html>")
        case Kind.WRONG_SID:
            return Answer(201, payload | {"sid": "CA" + "0" * 32})
        case Kind.NO_SID:
            return Answer(201, {k: v for k, v in payload.items() if k != "sid"})
        case Kind.ALIEN_SID:
            return Answer(201, payload | {"sid": new_sid()})
        case Kind.OTHER_TEXT:
            return Answer(201, payload | {"sid": new_sid(), "to": "+13035550100"})
    return good or error(500, 20500, "An internal server error has occurred")


async def write_answer(writer: asyncio.StreamWriter, answer: Answer) -> bool:
    """Send a whole answer and keep the connection."""
    head, body = answer.head_and_body()
    writer.write(head + body)
    await writer.drain()
    return True
