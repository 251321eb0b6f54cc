"""The settings of the section `completion`."""

from typing import Annotated

import msgspec

from midfill.core.model import Scope
from midfill.settings.section import Section, about


class CompletionSettings(Section, frozen=True, kw_only=True):
    """The limits of a completion."""

    scope: Annotated[
        Scope,
        about("Maximum extent of a completion: the line, the statement, or the block it starts.", "narrow"),
    ] = "block"
    max_lines: Annotated[int, about("Maximum lines of a completion.", "lower", ge=1, le=200)] = 12
    max_tokens: Annotated[
        int,
        # DeepSeek's FIM endpoint writes at most 4096 tokens (its fim_completion guide).
        about("Maximum tokens of an answer while you type.", "lower", ge=1, le=4096),
    ] = 128
    max_tokens_manual: Annotated[
        int,
        about("Maximum tokens of an answer to a manual request.", "lower", ge=1, le=4096),
    ] = 256
    temperature: Annotated[
        float,
        about("Sampling temperature; 0 always gives the same answer.", "any", ge=0, le=2),
    ] = 0.0
    stop: Annotated[
        # DeepSeek answers 400 to more than 16 stop sequences, and an empty one is undefined.
        tuple[Annotated[str, msgspec.Meta(min_length=1)], ...],
        about("Strings before which the model stops, at most 16.", "add", max_length=16),
    ] = ()
    alternatives: Annotated[
        int,
        about("Number of completions for a manual request; each is one paid call.", "lower", ge=1, le=8),
    ] = 3
    embedded_first: Annotated[
        bool,
        about(
            "Show the embedded engine's answer at once. The model's answer then replaces it, unless you type along, in "
            "Neovim, Vim and Emacs; VS Code cannot replace it, and calls the model only if there is none."
        ),
    ] = False
    think: Annotated[
        bool,
        about(
            "Whether a chat model (`deepseek-chat`, `openai-chat`) may reason first after a manual request."
        ),
    ] = False
