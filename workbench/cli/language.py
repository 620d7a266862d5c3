"""Which language the command line speaks when nobody said: the system's, else Chinese.

Floor 11.
"""

from __future__ import annotations

from workbench.show.language import system_language

__all__ = ["system_language"]
