"""The run record: everything needed to make a run again, in one file; and making it again.

Floor 8.1. How to use it::

    from workbench.questions import Choices, ask
    from workbench.record import compare, keep, open_record, rerun
    answer = ask("run", Choices(own={"engine": "claims", "years": 10_000}))
    Path("year.wbrun").write_bytes(keep(answer))
    record = open_record(Path("year.wbrun"))
    rerun(record).identical                   # True, on any processor, without the data folder
    compare(record, open_record(other))       # why two runs differ
"""

from workbench.record.comparing import compare
from workbench.record.keeping import Record, keep, open_record, read_record
from workbench.record.rerunning import Check, Outcome, rerun

__all__ = ["Check", "Outcome", "Record", "compare", "keep", "open_record", "read_record", "rerun"]
