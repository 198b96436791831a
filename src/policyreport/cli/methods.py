"""What `policyreport methods` shows: the registry as a table, one method whole, or JSON."""

from __future__ import annotations

import json

from rich import box
from rich.table import Table
from rich.text import Text

from policyreport.params.registry import Registry


def methods_table(registry: Registry) -> Table:
    """List all methods with their questions.

    Parameters
    ----------
    registry : Registry
        The methods.

    Returns
    -------
    Table
        One row a method.
    """
    table = Table("method", "question", "settings", "references", box=None, pad_edge=False)
    for id, method in registry.methods.items():
        table.add_row(id, method.question, str(len(registry.settings.get(id, {}))), " ".join(method.references))
    return table


def method_table(registry: Registry, id: str) -> Table:
    """Show one method whole.

    Parameters
    ----------
    registry : Registry
        The methods.
    id : str
        Id of one of them.

    Returns
    -------
    Table
        What is said of it, a row each.

    Raises
    ------
    ParamsError
        If there is no such method (with "did you mean").
    """
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
        "settings": tuple(f"{name}: {_plain(each.value)} {each.unit}" for name, each in settings.items()),
        "references": tuple(registry.references[key].full for key in method.references),
    }
    for name, lines in rows.items():
        if any(lines):
            table.add_row(name, Text("\n".join(lines)))
    return table


def method_json(registry: Registry, id: str = "") -> str:
    """Write the registry for other programs.

    Parameters
    ----------
    registry : Registry
        The methods.
    id : str
        Only this method; all without.

    Returns
    -------
    str
        A JSON object by method, or the object of one; settings and references are written out.

    Raises
    ------
    ParamsError
        If there is no such method (with "did you mean").
    """
    body = {name: _facts(registry, name) for name in registry.methods}
    return json.dumps(_facts(registry, id) if id else body, indent=1, ensure_ascii=False)


def _facts(registry: Registry, id: str) -> dict[str, object]:
    """One method with what it refers to."""
    method = registry[id]
    settings = {name: each.model_dump(mode="json") for name, each in registry.settings.get(id, {}).items()}
    references = {key: registry.references[key].full for key in method.references}
    return {"id": id, **method.model_dump(mode="json"), "settings": settings, "references": references}


def _plain(value: object) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, (list, tuple)) else str(value)
