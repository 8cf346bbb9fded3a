"""Alert → page: a text cut into runs, so that the words which raised the alarm can be marked in their context."""

from collections.abc import Iterable

from foster_bond.rules.page_values.alerts import Run


def marked(text: str, spans: Iterable[tuple[int, int]]) -> tuple[Run, ...]:
    """The whole text in order; a span that lies outside it marks what of it lies inside."""
    runs: list[Run] = []
    at = 0
    for start, end in sorted(spans):
        start, end = max(start, at), min(end, len(text))
        if start >= end:
            continue
        if start > at:
            runs.append(Run(text[at:start]))
        runs.append(Run(text[start:end], sign=True))
        at = end
    if at < len(text) or not runs:
        runs.append(Run(text[at:]))
    return tuple(runs)
