"""Parses requests: the text around the cursor, its language and its path. No I/O."""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import msgspec

from midfill.core.cursor import Cursor
from midfill.core.document import Document, Position
from midfill.core.language_ids import language_id
from midfill.core.templates import TEMPLATES

Kind = Literal["completions", "generate", "infill"]

_PATH = re.compile(
    r"\A[ \t]*(?:#|//|--|;+|%|/\*|<!--|\")[ \t]*(?:(?:file|path|filename):[ \t]*)?([\w./\\ -]+\.\w{1,8})\b"
)
_LANGUAGE = re.compile(
    r"^[ \t]*(?:#|//|--|;+|%|/\*|<!--)[ \t]*language:[ \t]*([\w+#.-]+)", re.MULTILINE | re.IGNORECASE
)
_SEARCHED_CHARACTERS = 1_000
"""Number of characters at the start of a prompt that are searched for a comment with the path or language."""


class InvalidRequestError(Exception):
    """An invalid request; the message says what is wrong."""


@dataclass(frozen=True, kw_only=True)
class InfillRequest:
    """A parsed request."""

    prefix: str = field(repr=False)
    suffix: str = field(repr=False)
    model: str = ""
    stream: bool = False
    stop: tuple[str, ...] = ()
    path: str = ""
    language: str = "plaintext"
    again: bool = False
    """A repeated request wants another answer, if the backend is a chat model."""
    is_warm_up: bool = False
    """The request has nothing to complete: the client only warms up the model."""

    def cursor(self, uri: str) -> Cursor:
        """Return the snapshot of the text around the cursor."""
        document = Document(uri, self.language, self.prefix + self.suffix)
        lines = self.prefix.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return document.cursor(Position(len(lines) - 1, len(lines[-1])), "utf-32")


class _Completions(msgspec.Struct):
    prompt: str | list[str] = ""
    suffix: str | None = None
    model: str = ""
    stream: bool | None = False
    stop: str | list[str] | None = None


class _Options(msgspec.Struct):
    stop: str | list[str] | None = None


class _Generate(msgspec.Struct):
    prompt: str = ""
    suffix: str | None = None
    model: str = ""
    stream: bool | None = True
    options: _Options | None = None


class _Infill(msgspec.Struct):
    input_prefix: str = ""
    input_suffix: str = ""
    prompt: str = ""
    """The text before the cursor on its line."""
    model: str = ""
    stream: bool | None = False
    stop: str | list[str] | None = None
    n_predict: int | None = None


_FORMS: dict[Kind, type[msgspec.Struct]] = {
    "completions": _Completions,
    "generate": _Generate,
    "infill": _Infill,
}


def parse_request(body: bytes, kind: Kind, headers: dict[str, str]) -> InfillRequest:
    """Return the parsed request. Raises InvalidRequestError."""
    try:
        fields: Any = msgspec.json.decode(body, type=_FORMS[kind])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequestError(f"the body is not a request: {error}") from None
    prefix, suffix = _sides(fields)
    is_warm_up = kind == "infill" and (fields.n_predict == 0 or not prefix)
    if not (prefix or is_warm_up):
        raise InvalidRequestError("the request has no prompt")
    stop = fields.options and fields.options.stop if kind == "generate" else fields.stop
    path = headers.get("x-midfill-path", "") or _path_in(prefix)
    return InfillRequest(
        prefix=prefix,
        suffix=suffix,
        model=fields.model,
        stream=bool(fields.stream),
        stop=(stop,) if isinstance(stop, str) else tuple(stop or ()),
        path=path,
        language=headers.get("x-midfill-language", "") or _language_in(prefix) or language_id(path),
        again=headers.get("x-midfill-again", "").lower() == "true",
        is_warm_up=is_warm_up,
    )


def _sides(fields: Any) -> tuple[str, str]:
    """Return the text before and after the cursor."""
    if isinstance(fields, _Infill):
        return fields.input_prefix + fields.prompt, fields.input_suffix
    prompt = fields.prompt if isinstance(fields.prompt, str) else "".join(fields.prompt[:1])
    return (prompt, fields.suffix) if fields.suffix else _unfilled(prompt)


def _path_in(prefix: str) -> str:
    """Return the path in a comment on the first line; empty if there is none."""
    found = _PATH.match(prefix[:_SEARCHED_CHARACTERS])
    return found[1].strip() if found else ""


def _language_in(prefix: str) -> str:
    """Return the language in a comment near the start, in minuet-ai's form."""
    found = _LANGUAGE.search(prefix[:_SEARCHED_CHARACTERS])
    return found[1].lower() if found else ""


def _unfilled(prompt: str) -> tuple[str, str]:
    r"""Return prefix and suffix of a prompt that may contain a model's template, as Zed sends it.

    >>> _unfilled("<|fim_prefix|>a<|fim_suffix|>b<|fim_middle|>")
    ('a', 'b')
    """
    for pattern in _patterns():
        if found := pattern.search(prompt):
            return found["prefix"], found["suffix"]
    return prompt, ""


@cache
def _patterns() -> list[re.Pattern[str]]:
    forms = [
        template.prompt.replace("{files}", "")
        for template in TEMPLATES.values()
        if "{suffix}" in template.prompt
    ]
    escaped = (re.escape(form) for form in dict.fromkeys(forms))
    holes = (
        text.replace(r"\{prefix\}", "(?P<prefix>.*?)").replace(r"\{suffix\}", "(?P<suffix>.*?)")
        for text in escaped
    )
    ends = (text + (r"\Z" if text.endswith("*?)") else r"\s*\Z") for text in holes)
    return [re.compile(text, re.DOTALL) for text in ends]
