"""The command `methods`: the registry as a table, one method in full, or JSON."""

import json

from rich import box
from rich.table import Table
from rich.text import Text

from policyreport.cli.messages import plain_table
from policyreport.params.registry import Registry


def methods_table(registry: Registry) -> Table:
    """List all methods with their questions."""
    table = plain_table(("method", "question", "settings", "references"))
    for id, method in registry.methods.items():
        table.add_row(id, method.question, str(len(registry.settings.get(id, {}))), " ".join(method.references))
    return table


def method_table(registry: Registry, id: str) -> Table:
    """Describe one method; ParamsError with the nearest ones if there is no such method."""
    method, settings = registry[id], registry.settings.get(id, {})
    table = Table("method", id, box=box.SIMPLE, pad_edge=False, show_edge=False, header_style="")
    rows = {
        "question": (method.question,),
        "formula": method.formula,
        "where": (method.symbols,),
        "assumptions": method.assumptions,
        "refusals": (", ".join(method.refusals),),
        "flags": (", ".join(method.flags),),
        "verdicts": (", ".join(method.verdicts),),
        "says": (method.wording,),
        "records": (", ".join(method.results) or "in the records of: " + ", ".join(method.part_of),),
        "settings": tuple(f"{name}: {_plain(item.value)} {item.unit}" for name, item in settings.items()),
        "references": tuple(registry.references[key].full for key in method.references),
    }
    for name, lines in rows.items():
        if any(lines):
            table.add_row(name, Text("\n".join(lines)))
    return table


def method_json(registry: Registry, id: str = "") -> str:
    """Write the registry, or one method, as JSON with settings and references included."""
    body = {name: _facts(registry, name) for name in registry.methods}
    return json.dumps(_facts(registry, id) if id else body, indent=1, ensure_ascii=False)


def _facts(registry: Registry, id: str) -> dict[str, object]:
    method = registry[id]
    settings = {name: item.model_dump(mode="json") for name, item in registry.settings.get(id, {}).items()}
    references = {key: registry.references[key].full for key in method.references}
    return {"id": id, **method.model_dump(mode="json"), "settings": settings, "references": references}


def _plain(value: object) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, (list, tuple)) else str(value)
