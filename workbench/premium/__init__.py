"""How a plan's premium is made and judged: principles, technical premium, tiers.

Floor 4, behind the front `workbench.pricing`.
"""
