"""What serve and web share: gunicorn around the app, each worker with a runtime of its own, made after the fork."""

import gc
from collections.abc import Callable
from typing import Any
from wsgiref.types import WSGIApplication

from gunicorn.app.base import BaseApplication

from foster_bond.app import create_app
from foster_bond.cli.attentive_worker import AttentiveWorker
from foster_bond.cli.opening import migrated
from foster_bond.logs import set_up_logs
from foster_bond.rules.warning_lists import warning_lists
from foster_bond.runtime import build
from foster_bond.settings import Settings, load_settings
from foster_bond.web.waiting_room import WaitingRoom
from jobs import clockwork
from jobs.clockwork import Clockwork

THREADS = 8
STOP_WITHIN = 20  # seconds: longer than the clock's own 15


def serve_pages(host: str, port: int, workers: int, *, on_sqlite: bool) -> None:
    """Pages and webhooks in `workers` processes, until told to stop.

    Threads wait well for PostgreSQL; SQLite has one writer, and single-threaded workers hold its tail at 34-71 ms where
    threads take 60-290 ms (stack.md section 5).
    """
    kind = {"worker_class": AttentiveWorker} if on_sqlite else {"worker_class": "gthread", "threads": THREADS}
    warning_lists()  # before the fork: made once for all workers, and for those that take the place of dead ones
    _Server(_pages, bind=_address(host, port), workers=workers, **kind).run()


def serve_with_clock(host: str, port: int) -> None:
    """Pages, webhooks and the clock in one process, until told to stop."""
    running: list[Clockwork] = []
    rooms: list[WaitingRoom] = []

    def load() -> WSGIApplication:
        settings = load_settings()
        set_up_logs(settings.log_format)
        rooms.append(WaitingRoom(lambda: _with_clock(settings, running)))
        return rooms[0]

    def stop() -> None:
        for room in rooms:
            room.close()
        for one in running:
            one.stop()

    serve_alone(load, stop, host, port)


def serve_alone(load: Callable[[], WSGIApplication], stop: Callable[[], None], host: str, port: int) -> None:
    """One process with threads, in which `load` makes the app and `stop` ends what lives beside it."""

    def end(_server: object, _worker: object) -> None:
        stop()

    _Server(
        load, bind=_address(host, port), workers=1, worker_class="gthread", threads=THREADS, worker_exit=end
    ).run()  # fmt: skip


def _with_clock(settings: Settings, running: list[Clockwork]) -> WSGIApplication:
    with migrated(settings):  # again: the database may have been away when `serve` began
        pass
    runtime = build(settings)
    try:
        app = create_app(runtime)
        running.append(clockwork.start(runtime))
    except BaseException:
        runtime.close()
        raise
    return app


def _pages() -> WSGIApplication:
    settings = load_settings()
    set_up_logs(settings.log_format)
    return WaitingRoom(lambda: create_app(build(settings)))


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    def __init__(self, load: Callable[[], WSGIApplication], **options: Any) -> None:
        self._load, self._options = load, options
        super().__init__()

    def load_config(self) -> None:
        quiet = {"control_socket_disable": True, "graceful_timeout": STOP_WITHIN, "loglevel": "warning"}
        for name, value in (quiet | self._options).items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        app = self._load()
        gc.freeze()  # all this lives as long as the worker; walking it at the end took 0.6 s of CPU
        return app
