"""The settings of next edits."""

from typing import Annotated

from midfill.settings.section import Section, about


class EditSettings(Section, frozen=True, kw_only=True):
    """The next edit: what you did at one place, offered where it fits next."""

    enabled: Annotated[
        bool,
        about("Whether next edits are offered; they need no model.", "narrow"),
    ] = True
