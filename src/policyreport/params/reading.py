"""Read a YAML file into a strict model; an unknown key stops with "did you mean"."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from policyreport.errors import ParamsError, did_you_mean


class Strict(BaseModel):
    """Base of everything in params/: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Model = TypeVar("Model", bound=BaseModel)


def read_strict(path: Path, model: type[Model]) -> Model:
    """Read and validate one parameter file.

    Parameters
    ----------
    path : Path
        A YAML file whose top level is a mapping.
    model : type of BaseModel
        What the file must fit.

    Returns
    -------
    BaseModel
        The validated values.

    Raises
    ------
    ParamsError
        If the file is missing, is not YAML, or breaks the model; names the key, and for an unknown key
        the nearest known one.
    """
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = [other.stem for other in path.parent.glob("*.yaml")]
        raise ParamsError(str(path), "a parameter file", "no such file", did_you_mean(path.stem, known)) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ParamsError(str(path), "YAML in UTF-8", " ".join(str(error).split()), "Mend the file.") from None
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise _first_error(path, model, error) from None


def _first_error(path: Path, model: type[BaseModel], error: ValidationError) -> ParamsError:
    """Turn pydantic's first complaint into place, expected, got, next step."""
    first = error.errors()[0]
    place = f"{path}: {'.'.join(str(part) for part in first['loc']) or '(top level)'}"
    if first["type"] == "extra_forbidden":
        key = str(first["loc"][-1])
        known = _fields_at(model, first["loc"][:-1])
        return ParamsError(place, "a known key", f'unknown key "{key}"', did_you_mean(key, known))
    if first["type"] == "missing":
        return ParamsError(place, "this key", "it is missing", f'Add "{first["loc"][-1]}" to the file.')
    return ParamsError(place, first["msg"], repr(first["input"])[:80], "Mend the value.")


def _fields_at(model: type[BaseModel], location: tuple[Any, ...]) -> list[str]:
    """Field names of the model nested at a location of keys and indices."""
    for part in location:
        field = model.model_fields.get(part) if isinstance(part, str) else None
        model = _nested_model(field.annotation) or model if field else model
    return list(model.model_fields)


def _nested_model(annotation: Any) -> type[BaseModel] | None:
    """The first model inside an annotation such as ``tuple[Target, ...]``, or None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _nested_model(arg))), None)
