"""Prints the tables of figures and keeps them as JSON.

`python -m benchmarks [engine|default …] [--rounds N] [--small] [--full] [--json FILE]`; all parts
without a name. Each line: a figure, what is asked, and the figure if nothing but the unavoidable
work were done. Ratios of speed are medians over rounds in which reference and workbench take turns,
of CPU time; of time on the clock where threads are compared.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from benchmarks.limits import limits
from benchmarks.measure import Sizes, machine, table

PARTS = ("engine", "default", "sliders", "national", "pages", "pricing", "reserving", "fund")
"""Modules of this folder with a `measured(sizes, limits)` and its `LINES`."""
RESULTS = Path(__file__).parent / "results.json"


def _kept(path: Path) -> dict:
    """Parts that the file holds already; a part that is measured anew takes its place."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--small", action="store_true", help="little work: to see that it runs")
    parser.add_argument("--full", action="store_true", help="1,000 histories instead of 200")
    parser.add_argument("--json", type=Path, default=RESULTS)
    chosen = parser.parse_args(arguments)
    unknown = set(chosen.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    sizes = (
        Sizes(rounds=1, divisor=50)
        if chosen.small
        else Sizes(rounds=chosen.rounds, full=chosen.full)
    )
    best = limits()
    document = _kept(chosen.json)
    for name in chosen.parts or PARTS:
        lines = import_module(f"benchmarks.{name}").measured(sizes, best)
        print(f"\n{name}\n\n{table(lines)}\n")
        for line in lines:
            if line.note:
                print(f"- {line.what}: {line.note}")
        document[name] = {
            "machine": machine(),
            "rounds": sizes.rounds,
            "limits_ns": asdict(best),
            "lines": [line.document() for line in lines],
        }
    text = json.dumps(document, indent=1, ensure_ascii=False)
    chosen.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
