"""The commands of the run record: what `--out` keeps, and `rerun`.

Floor 11.1.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli.output import deliver, outputs_of
from workbench.cli.parsing import Request
from workbench.guard import refuse, whole_number
from workbench.show.words import both_languages

if TYPE_CHECKING:
    from workbench.cli.progress import Place
    from workbench.questions import Answer

__all__ = ["MOST_THREADS", "kept_bytes", "place_of", "rerun_command"]

MOST_THREADS = 64


def place_of(request: Request) -> Place:
    """Return where the work shall run: 1 to 64 threads here, or a cluster, never both.

    Raises
    ------
    InputRefused
        `dask-with-threads`: the threads of a cluster are chosen where its workers are started.
    """
    from workbench.cli.progress import Place

    threads = whole_number("--threads", request.values.get("threads", 1), 1, MOST_THREADS)
    dask = request.values.get("dask")
    if dask is not None:
        from workbench.cluster import scheduler_at

        if "threads" in request.values:
            raise refuse("dask-with-threads", value=threads)
        scheduler_at(dask)
    return Place(threads=threads, dask=dask)


def kept_bytes(answer: Answer, *, seconds: float, threads: int) -> bytes:
    """Return the file of `--out`."""
    from workbench.record import keep

    return keep(answer, tell=both_languages, seconds=seconds, threads=threads)


def rerun_command(request: Request, language: str) -> int:
    """Make a recorded run again, or tell why two recorded runs differ; 3 where they do."""
    from workbench.cli.progress import working
    from workbench.record import compare, open_record, rerun
    from workbench.show.records import outcome_document, outcome_report, outcome_tables

    place, outputs = place_of(request), outputs_of(request)
    names = [str(request.argument), request.values.get("against")]
    records = tuple(open_record(Path(name)) for name in names if name is not None)
    if len(records) == 2:
        outcome = compare(*records)
    else:
        with working(place, language) as work:
            outcome = rerun(records[0], mapper=work.mapper)
    deliver(
        outputs,
        outcome_tables(outcome),
        language=language,
        document=lambda: outcome_document(outcome),
        report=lambda: outcome_report(outcome, records, language),
    )
    return 0 if outcome.identical else 3
