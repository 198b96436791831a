"""params/official.yaml: which calls an edition's results come from."""

import ast

from pydantic import RootModel, field_validator

from policyreport.params.reading import Root, load_parameters, validate_strict

# What an expression may consist of: calls, names, constants and lists of them; it cannot define, branch or import.
_ALLOWED = (
    ast.Expression, ast.Call, ast.keyword, ast.Attribute, ast.Name, ast.Constant, ast.Tuple, ast.List, ast.Load,
    ast.ListComp, ast.comprehension, ast.Starred, ast.Store,
)  # fmt: skip
Expressions = str | list[str]


class OfficialMethods(RootModel[dict[str, dict[str, Expressions]]]):
    """By notebook and field of its record, the call or calls that make it, in order."""

    @field_validator("root")
    @classmethod
    def _are_calls(cls, notebooks: dict[str, dict[str, Expressions]]) -> dict[str, dict[str, Expressions]]:
        for notebook, fields in notebooks.items():
            for field, calls in fields.items():
                for call in [calls] if isinstance(calls, str) else calls:
                    if wrong := _wrong(call):
                        raise ValueError(f"{notebook}.{field}: a call of estimators, not {wrong}: {call[:80]}")
        return notebooks

    def calls(self, notebook: str) -> dict[str, list[str]]:
        """Return the expressions of a notebook by field; empty where the file does not name the notebook."""
        fields = self.root.get(notebook, {})
        return {field: [calls] if isinstance(calls, str) else calls for field, calls in fields.items()}

    def estimators(self, notebook: str) -> set[str]:
        """Return the names of what a notebook's calls call."""
        trees = [ast.walk(ast.parse(call)) for calls in self.calls(notebook).values() for call in calls]
        called = [node.func for tree in trees for node in tree if isinstance(node, ast.Call)]
        return {function.id for function in called if isinstance(function, ast.Name)}


def read_official(root: Root) -> OfficialMethods:
    """Read how the results of an edition are made."""
    return validate_strict(*load_parameters(root, "official"), OfficialMethods)


def _wrong(call: str) -> str:
    """Return what in an expression is not a call of estimators; empty for none."""
    try:
        tree = ast.parse(call, mode="eval")
    except SyntaxError as error:
        return f"{error.msg}, column {error.offset}"
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            return type(node).__name__
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name.startswith("_"):
            return name
    return ""
