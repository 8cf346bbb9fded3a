"""`make bench`: every benchmark, or those named: `make bench ARGS="hand_over"`. Each prints its own table.

`--large` runs the sizes that take minutes, where a benchmark has one: `make bench ARGS="planning --large"`.
"""

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
    sys.exit(run([word for word in sys.argv[1:] if not word.startswith("-")]))
