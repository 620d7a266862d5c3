"""The panels of the page: one module a panel, each a widget and `show(seen)`.

Floor 10. A panel asks nothing and computes nothing: it puts answers (`workbench.app.seen.Seen`)
into words, tables and pictures of `workbench.show`.
"""
