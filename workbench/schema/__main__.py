"""`python -m workbench.schema` writes data/README.md from the schema."""

from workbench.resources import builtin
from workbench.schema.readme import readme_text

if __name__ == "__main__":
    (builtin("data") / "README.md").write_text(readme_text(), encoding="utf-8", newline="\n")
