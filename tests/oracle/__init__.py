"""Second implementation of the scheme's year, in plain NumPy, to check the package against.

It imports nothing of the package and reads the CSV files of a data folder itself.
"""

from .cases import closed_form
from .members import Result, simulate
from .scheme import Scheme, load

__all__ = ["Result", "Scheme", "closed_form", "load", "simulate"]
