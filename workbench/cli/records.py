"""The commands of the run record: what `--out` keeps, and `rerun`.

Floor 11.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli.output import deliver, outputs_of
from workbench.cli.parsing import Request
from workbench.guard import Fault, whole_number
from workbench.show.words import fault_text

if TYPE_CHECKING:
    from workbench.questions import Answer

__all__ = ["MOST_THREADS", "both_languages", "kept_bytes", "rerun_command", "threads_of"]

MOST_THREADS = 64


def both_languages(fault: Fault) -> str:
    """Return a warning in both languages: a document does not depend on the reader's."""
    return f"{fault_text(fault, 'zh')} / {fault_text(fault, 'en')}"


def threads_of(request: Request) -> int:
    """Return the number of threads asked for, 1 to 64."""
    return whole_number("--threads", request.values.get("threads", 1), 1, MOST_THREADS)


def kept_bytes(answer: Answer, *, seconds: float, threads: int) -> bytes:
    """Return the file of `--out`."""
    from workbench.record import keep

    return keep(answer, tell=both_languages, seconds=seconds, threads=threads)


def rerun_command(request: Request, language: str) -> int:
    """Make a recorded run again, or tell why two recorded runs differ; 3 where they do."""
    from workbench.cli.progress import working
    from workbench.record import compare, open_record, rerun
    from workbench.show.records import outcome_document, outcome_report, outcome_tables

    threads, outputs = threads_of(request), outputs_of(request)
    names = [str(request.argument), request.values.get("against")]
    records = tuple(open_record(Path(name)) for name in names if name is not None)
    if len(records) == 2:
        outcome = compare(*records)
    else:
        with working(threads, language) as mapper:
            outcome = rerun(records[0], mapper=mapper)
    deliver(
        outputs,
        outcome_tables(outcome),
        language=language,
        document=lambda: outcome_document(outcome),
        report=lambda: outcome_report(outcome, records, language),
    )
    return 0 if outcome.identical else 3
