"""From the data of a file to a model of it, or to problems with places and remedies."""

from __future__ import annotations

from typing import TypeVar, get_args

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails

from sync.i18n import _
from sync.mapping.problem import nearest
from sync.mapping.source import Source, Steps
from sync.model import Plain

Model = TypeVar("Model", bound=BaseModel)


def parse(source: Source, model: type[Model]) -> Model | None:
    """Read the data of a source as a model; None, with every fault noted, if it is none.

    A fault is reported at the key or value that has it, and once.
    """
    if source.problems and source.data is None:
        return None
    try:
        return model.model_validate({} if source.data is None else source.data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        unknown = [d["loc"] for d in details if d["type"] == "extra_forbidden"]
        for detail in details:
            if detail["type"] != "missing" or not _misspelt(detail["loc"], unknown):
                _note(source, model, detail)
        return None


def _misspelt(missing: tuple[str | int, ...], unknown: list[tuple[str | int, ...]]) -> bool:
    """Whether what is missing is there under a similar name, which is reported already."""
    beside = [str(loc[-1]) for loc in unknown if loc[:-1] == missing[:-1]]
    return nearest(str(missing[-1]), beside) is not None


def _note(source: Source, model: type[BaseModel], detail: ErrorDetails) -> None:
    steps = _steps(source, detail)
    match detail["type"]:
        case "extra_forbidden":
            known = _keys(model, detail)
            message = _("unknown key “{key}”").format(key=steps[-1])
            source.problem(steps, message, suggestion(str(steps[-1]), known), key=True)
        case "missing":
            message = _("“{key}” is missing").format(key=steps[-1])
            remedy = _("add “{key}:”").format(key=steps[-1])
            source.problem(steps, message, remedy)
        case "mapping":
            context = detail.get("ctx", {})
            source.problem(steps, str(context["message"]), str(context["remedy"]))
        case _:
            source.problem(steps, *_shape_fault(detail))


def suggestion(word: str, known: list[str]) -> str:
    """What to write instead of an unknown word: the nearest known one, or the list of them."""
    near = nearest(word, known)
    if near:
        return _("did you mean “{word}”?").format(word=near)
    if not known:
        return _("remove it")
    return _("use one of: {words}").format(words=", ".join(sorted(known)))


def _steps(source: Source, detail: ErrorDetails) -> Steps:
    """The steps of an error that lead through the data, without the models' own tags."""
    steps: list[str | int] = []
    here: Plain = source.data
    absent = detail["type"] == "missing"
    for position, step in enumerate(detail["loc"]):
        last = position == len(detail["loc"]) - 1
        within = _within(here, step)
        if within:
            here = within[0]
        if within or (last and absent):
            steps.append(step)
    return tuple(steps)


def _within(data: Plain, step: str | int) -> tuple[Plain] | None:
    if isinstance(data, dict) and isinstance(step, str) and step in data:
        return (data[step],)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return (data[step],)
    return None


def _keys(model: type[BaseModel], detail: ErrorDetails) -> list[str]:
    """The keys that the model knows where an unknown one was found."""
    found: object = model
    if issubclass(model, RootModel):
        found = _first_model(model.model_fields["root"].annotation)
    for step in detail["loc"][:-1]:
        found = _below(found, step) or found
    return _names(found)


def _names(model: object) -> list[str]:
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    return [info.alias or name for name, info in model.model_fields.items()]


def _below(model: object, step: str | int) -> object:
    """The model that a step leads to: a field's, or the first one in its annotation."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        for name, info in model.model_fields.items():
            if (info.alias or name) == step:
                return _first_model(info.annotation)
    return None


def _first_model(annotation: object) -> object:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        if (found := _first_model(inner)) is not None:
            return found
    return None


def _shape_fault(detail: ErrorDetails) -> tuple[str, str]:
    """Say in words what shape is wanted, by the kind of fault."""
    kind, context = detail["type"], detail.get("ctx", {})
    shown = _("“{value}” does not fit here").format(value=_short(detail["input"]))
    if kind == "literal_error":
        expected = str(context["expected"]).replace("False", "false").replace("'", "")
        return shown, _("write {words}").format(words=expected)
    number = isinstance(detail["input"], bool | int | float)
    if kind == "union_tag_invalid" and number and context["expected_tags"] == "'text', 'list'":
        kind = "string_type"
    if kind == "union_tag_invalid":
        words = _shapes(str(context["expected_tags"]))
        return shown, _("write {words}").format(words=words)
    if kind == "string_type" and number:
        return _("a text is expected, not {value}").format(value=_short(detail["input"])), _(
            "put it in quotes"
        )
    message, remedy = _shape_faults().get(kind, (f"{shown}: {detail['msg']}", ""))
    return message or shown, remedy


def _shape_faults() -> dict[str, tuple[str, str]]:
    keys = _("keys with values are expected"), _("write it as `key: value`")
    empty = _("this is empty"), _("write a value, or remove the key")
    return {
        "string_type": (_("a text is expected"), _("write one word or text")),
        "bool_type": ("", _("write true or false")),
        "int_type": ("", _("write a whole number")),
        "float_type": ("", _("write a number")),
        "greater_than": ("", _("write a larger number")),
        "greater_than_equal": ("", _("write a larger number")),
        "list_type": (_("a list is expected"), _("write it as [a, b]")),
        "dict_type": keys,
        "model_type": keys,
        "model_attributes_type": keys,
        "too_short": empty,
        "string_too_short": empty,
        "string_pattern_mismatch": ("", _("use letters, digits, - and _ only")),
    }


def _short(value: object) -> str:
    text = (
        {True: "true", False: "false"}.get(value, str(value))
        if isinstance(value, bool)
        else str(value)
    )
    return text if len(text) <= 40 else text[:39] + "…"  # noqa: PLR2004 - a line of a terminal


def _shapes(tags: str) -> str:
    names = {
        "'bool'": _("true or false"),
        "'text'": _("a text"),
        "'number'": _("a number"),
        "'list'": _("a list"),
        "'keys'": _("keys with values"),
    }
    return ", ".join(names.get(tag.strip(), tag) for tag in tags.split(","))
