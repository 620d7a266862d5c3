"""Methods for unpaid claims on a triangle: point estimates, errors, laws.

Floor 4, inside `reserving`; `registry.METHODS` lists them. Source: docs/triangles.md.
"""
