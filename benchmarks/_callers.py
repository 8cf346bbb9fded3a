"""Who knocks at the door in the inbound benchmark: a loader in its own process, without the product."""

import multiprocessing
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any

CONTEXT = multiprocessing.get_context("forkserver")
CALLERS = 8


def post(port: int, knock: bytes) -> int:
    """The status of one answer, read to its end."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(knock)
        answer = b""
        while more := line.recv(4096):
            answer += more
    return int(answer[9:12])


def as_fast_as_they_go(port: int, posts: Sequence[bytes]) -> float:
    """Answers a second, with eight callers at once. Raises: RuntimeError where one was not a 2xx."""
    return float(_in_a_process(_fast, port, posts))


def at_a_rate(port: int, posts: Sequence[bytes], rate: float) -> list[float]:
    """Seconds from the moment each post was due to its answer; nobody waits for the one before."""
    return list(_in_a_process(_paced, port, posts, rate))


def _in_a_process(work: Any, *words: Any) -> Any:
    with CONTEXT.Pool(1) as pool:
        return pool.apply(work, words)


def _fast(port: int, posts: Sequence[bytes]) -> float:
    left, lock = iter(posts), threading.Lock()

    def caller() -> None:
        while True:
            with lock:
                one = next(left, None)
            if one is None:
                return
            _good(post(port, one))

    before = time.perf_counter()
    _all(caller for _ in range(CALLERS))
    return len(posts) / (time.perf_counter() - before)


def _paced(port: int, posts: Sequence[bytes], rate: float) -> list[float]:
    took: list[float] = []
    begin = time.perf_counter() + 0.2

    def caller(first: int) -> None:
        for index in range(first, len(posts), CALLERS * 2):
            due = begin + index / rate
            time.sleep(max(due - time.perf_counter(), 0))
            _good(post(port, posts[index]))
            took.append(time.perf_counter() - due)

    _all((lambda first=first: caller(first)) for first in range(CALLERS * 2))
    return took


def _good(status: int) -> None:
    if status >= 300:
        raise RuntimeError(f"answered with {status}")


def _all(callers: Any) -> None:
    failed: list[BaseException] = []

    def guarded(work: Any) -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in callers]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if failed:
        raise failed[0]
