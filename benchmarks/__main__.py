"""`make bench`: every benchmark, or those named: `make bench ARGS="hand_over"`. Each prints its own table."""

import importlib
import pkgutil
import sys

import benchmarks


def names() -> list[str]:
    """The benchmarks of this folder: every module with a `main`."""
    found = [one.name for one in pkgutil.iter_modules(benchmarks.__path__) if not one.name.startswith("_")]
    return [name for name in found if hasattr(importlib.import_module(f"benchmarks.{name}"), "main")]


def run(wanted: list[str]) -> int:
    known = names()
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        print(f"No benchmark is named {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    for name in wanted or known:
        importlib.import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
