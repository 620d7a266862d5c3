"""Free-standing compound models: one sum of claims, or several plans with shared shocks.

Floor 3, a folder of the engine. `model` holds the nouns; `window`, `lattice`, `solve` and `law` the
exact law on lattices; `nodes`, `voice`, `spectrum` and `quick` the same from few frequencies,
`year` all figures of a scheme; `tables`, `claims`, `rest` and `totals` years drawn from sealed
tables; `cover` reinsurance of a total. Formulas: docs/laws.md.
"""

from workbench.engine.compound.model import CompoundModel, CompoundScheme, SharedShock

__all__ = ["CompoundModel", "CompoundScheme", "SharedShock"]
