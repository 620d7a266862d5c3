"""Run records for the tests: kept, and changed with every digest made good again."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import jsonschema

from workbench.changes import Changes
from workbench.questions import Choices, ask
from workbench.record import read_record
from workbench.record.arrays import ArrayFiles
from workbench.record.container import read_members, write_members
from workbench.record.nouns import as_json

SCHEMAS = Path(__file__).parent.parent.parent / "docs" / "schemas"


def asked(pack, engine, form="collective", changes=None, **own):
    given = {"engine": engine, "form": form, **own}
    if engine != "exact":
        given = {"years": 192 if engine == "claims" else 1_000, **given}
    return ask("run", Choices(changes=changes or Changes(), own=given), pack=pack)


def check(name, found):
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(found)))


def altered(raw, change):
    """A record whose members were changed and every digest made good again."""
    manifest, members = read_members(raw, "x")
    change(manifest, members)
    for name in ("members", "format"):
        manifest.pop(name)
    return write_members(manifest, members)


def edited_table(raw, pick, entry, value):
    """A record with one entry of one table changed; `pick` finds its array in the tables."""
    record = read_record(raw)
    files = ArrayFiles()
    wanted = pick(record.tables)
    changed = wanted.copy()
    changed[entry] += value

    def swap(noun):
        if noun is wanted:
            return changed
        if dataclasses.is_dataclass(noun):
            values = {one.name: swap(getattr(noun, one.name)) for one in dataclasses.fields(noun)}
            return dataclasses.replace(noun, **values)
        return tuple(map(swap, noun)) if isinstance(noun, tuple) else noun

    def change(manifest, members):
        for name in [name for name in members if name.startswith("tables")]:
            members.pop(name)
        members["tables.json"] = json.dumps(as_json(swap(record.tables), files)).encode()
        members.update(files.contents)

    return altered(raw, change)
