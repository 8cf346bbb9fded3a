"""Operator → house: is the process up, is it able to do its job, and how much waits."""

import hmac
import ipaddress
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from foster_bond.steps.reading.read_health import Gauges, Health, read_gauges, read_health
from foster_bond.web.running import now, runtime
from foster_bond.web.tallies import tallies
from foster_bond.web.threshold import open_to_all

room = Blueprint("health_pages", __name__)


_ALARMS = {
    "sending_refused": "1 while the carrier refuses our credentials and nothing is sent",
    "senders_paused": "Senders that rest until a person resumes them or their time is over",
    "in_doubt_long": "Texts that the carrier could not tell of in time",
    "agencies_late": "Agencies with a text that could have left more than 60 s ago, pace and pause aside",
}


@room.get("/healthz")
@open_to_all
def alive() -> Response:
    """The process is up; it asks nobody."""
    return jsonify(status="up")


@room.get("/readyz")
@open_to_all
def ready() -> Response:
    """Able to do its job, or 503."""
    house = runtime()
    health = read_health(house.store, now(), house.clock.real(), house.settings.lookup_grace)
    said: dict[str, Any] = {"ready": health.ready}
    if _may_see_details():
        said |= _details(health)
    answer = jsonify(said)
    answer.status_code = 200 if health.ready else 503
    return answer


@room.get("/metrics")
@open_to_all
def metrics() -> Response:
    """Prometheus text, read from the database at this moment."""
    if not _may_see_details():
        return Response(status=403, mimetype="text/plain")
    house = runtime()
    registry = CollectorRegistry(auto_describe=False)
    gauges = read_gauges(house.store, now(), house.clock.real(), house.settings.lookup_grace)
    registry.register(_Collector(gauges))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_see_details() -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = runtime().settings.health_token.get_secret_value()
    return hmac.compare_digest(given.encode(), token.encode()) or _is_from_here()


def _is_from_here() -> bool:
    # A proxy on this machine that was not counted in FOSTER_BOND_PROXY_HOPS makes the whole world look like loopback.
    if "X-Forwarded-For" in request.headers and runtime().settings.proxy_hops == 0:
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _details(health: Health) -> dict[str, Any]:
    return {
        "database_writable": health.database_writable,
        "schema_current": health.schema_current,
        "schema": health.schema,
        "pulse_young": health.pulse_young,
        "pulse_age_seconds": _seconds(health.pulse_age),
        "channel_works": health.channel_works,
        "skew_small": health.skew_small,
        "skew_seconds": _seconds(health.skew),
        "alarms": None if health.alarms is None else {name: getattr(health.alarms, name) for name in _ALARMS},
    }


def _seconds(age: timedelta | None) -> float | None:
    return None if age is None else round(age.total_seconds(), 3)


class _Collector(Collector):
    """The gauges of one moment in Prometheus' own shape."""

    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges
        self._tallies = dict(tallies())

    def collect(self) -> Iterable[Metric]:
        gauges = self._gauges
        outbox = GaugeMetricFamily("foster_bond_outbox", "Texts out that have not ended, by state", labels=["state"])
        for state, many in sorted(gauges.outbox.items()):
            outbox.add_metric([state], many)
        yield outbox
        yield _age(
            "foster_bond_oldest_due", "How long the text that waits longest could have left", gauges.oldest_due_age
        )
        yield _age("foster_bond_pulse_age", "Since the clock last ticked; absent while it never has", gauges.pulse_age)
        yield CounterMetricFamily("foster_bond_inbound", "Texts that have come in", value=gauges.inbound)
        yield GaugeMetricFamily("foster_bond_alerts_open", "Alerts that nobody has taken", value=gauges.alerts_open)
        for name, says in _ALARMS.items():
            yield GaugeMetricFamily(f"foster_bond_{name}", says, value=getattr(gauges.alarms, name))
        for what in sorted({what for what, _ in self._tallies}):
            yield self._counted(what)

    def _counted(self, what: str) -> CounterMetricFamily:
        family = CounterMetricFamily(f"foster_bond_{what}", "Counted by this process since it started", labels=["kind"])
        for (name, kind), many in sorted(self._tallies.items()):
            if name == what:
                family.add_metric([kind], many)
        return family


def _age(name: str, says: str, age: timedelta | None) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{name}_seconds", says)
    if age is not None:
        family.add_metric([], age.total_seconds())
    return family
