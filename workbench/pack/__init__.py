"""The data pack: a folder of CSV files becomes `Inputs`, or all its faults at once.

Floor 2; the pack is read with `csv` alone. `read_pack` reads and checks, `differences` says how a
pack differs from another, `new_pack` writes a copy of the built-in pack to edit.
"""

from workbench.pack.compare import Difference, differences
from workbench.pack.copying import new_pack
from workbench.pack.reading import read_pack

__all__ = ["Difference", "differences", "new_pack", "read_pack"]
