"""The settings of next edits."""

from typing import Annotated

from midfill.core.providers import EDIT_PROVIDERS
from midfill.core.rewrite_format_names import EditFormat
from midfill.settings.section import Section, about


class EditSettings(Section, frozen=True, kw_only=True):
    """The next edit: what you did at one place, offered where it fits next; or what a model thinks you do next."""

    enabled: Annotated[
        bool,
        about("Whether next edits are offered; without `edits.backend` they need no model.", "narrow"),
    ] = True
    backend: Annotated[
        str,
        about(
            "The model that is called for the next edit in a pause, if your last edits fit nowhere else; empty: none. "
            + ", ".join(f"`{name}`" for name in EDIT_PROVIDERS)
            + ", or a name from `backends`. The same service as `backend` has its address and key.",
        ),
    ] = ""
    model: Annotated[
        str,
        about(
            "Name of that model; empty: the backend's default (DeepSeek `deepseek-flash`, Inception `mercury-edit-2`)."
        ),
    ] = ""
    format: Annotated[
        EditFormat,
        about(
            "Prompt format of a model of your own (`ollama`, `llamacpp`, `openai`); `auto`: by its name. `json`: a "
            "chat model (`deepseek`, `openai-chat`) answers with edits as JSON (`response_format`): less output, but "
            "nothing is offered before the answer ends, and inexact copies of lines are dropped."
        ),
    ] = "auto"
