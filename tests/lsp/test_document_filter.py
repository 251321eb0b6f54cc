"""Which documents have suggestions, by the settings of their folder and the user's switches."""

from typing import Any

import pytest

from midfill.core.document import Document
from midfill.lsp.configuration import Configuration
from midfill.lsp.document_filter import DocumentFilter

OUTER, INNER = "file:///w", "file:///w/inner"


def configured(options: Any, inner: Any = None, *, pulls: bool = False) -> Configuration:
    """Return the settings of a client, with others for the inner of two folders."""
    configuration = Configuration({})
    capabilities = {"workspace": {"configuration": pulls}}
    folders = [{"uri": uri, "name": ""} for uri in (OUTER, INNER)]
    configuration.began({"capabilities": capabilities, "workspaceFolders": folders})
    configuration.received(options)
    _, last = configuration.folders
    last.settings = inner
    return configuration


def filter_with(options: Any, inner: Any = None, *, pulls: bool = False) -> DocumentFilter:
    """Return the filter with these settings, at 100 s."""
    found = DocumentFilter(configured(options, inner, pulls=pulls), lambda: 100.0)
    found.configure()
    return found


def document(uri: str = f"{OUTER}/a.py", text: str = "x = 1\n", language: str = "python") -> Document:
    return Document(uri, language, text, 1)


@pytest.mark.parametrize(("size", "reason"), [(1024, ""), (1025, "the file is larger than 1 KiB")])
def test_file_larger_than_the_limit_is_skipped(size: int, reason: str) -> None:
    """A file of just the limit is not; a manual request makes no difference."""
    found = filter_with({"trigger": {"max_file_kb": 1}})
    for manual in (False, True):
        assert found.skip_reason(document(text="x" * size), manual=manual).startswith(reason)
        assert bool(found.skip_reason(document(text="x" * size), manual=manual)) is bool(reason)
    assert found.automatic_skip_reason("", "python", document(text="x" * size)).startswith(reason)


def test_switched_off_file_is_not_said_to_be_too_large() -> None:
    """The first reason is told."""
    found = filter_with({"enabled": False, "trigger": {"max_file_kb": 1}})
    reason = found.skip_reason(document(text="x" * 5_000), manual=True)
    assert reason == "completion is switched off in the settings"


def test_settings_of_the_innermost_folder_apply() -> None:
    """One folder is switched off, the other is not; a document outside of both has the client's settings."""
    found = filter_with({}, inner={"enabled": False})
    assert found.is_on
    for uri, off in ((f"{OUTER}/a.py", False), (f"{INNER}/a.py", True), ("file:///elsewhere.py", False)):
        assert bool(found.skip_reason(document(uri))) is off
        assert found.is_hidden(uri) is off
        assert found.loaded_for(uri).settings.enabled is not off
    assert str(found.folder_of(f"{INNER}/deep/a.py")) == "/w/inner"
    assert found.folder_of("file:///elsewhere.py") is None


def test_nothing_is_on_if_each_folder_is_switched_off() -> None:
    """One folder that is on is enough."""
    assert not filter_with({"enabled": False}).is_on
    assert filter_with({"enabled": False}, inner={"enabled": True}).is_on


def test_wrong_settings_of_a_folder_block_its_documents_only() -> None:
    """Wrong settings of the whole workspace block all."""
    found = filter_with({}, inner={"enabled": "maybe"})
    assert found.skip_reason(document(f"{INNER}/a.py")) == "no backend is called until the settings are fixed"
    assert found.skip_reason(document()) == ""
    assert [found.is_hidden(f"{folder}/a.py") for folder in (INNER, OUTER)] == [True, False]
    assert len(found.problems) == 1
    all_blocked = filter_with({"enabled": "maybe"}, inner={})
    for folder in (OUTER, INNER):
        assert all_blocked.skip_reason(document(f"{folder}/a.py"), manual=True)


def test_folder_is_hidden_until_its_settings_are_known() -> None:
    """The client has been asked for them."""
    found = filter_with({}, pulls=True)
    assert [found.is_hidden(uri) for uri in (f"{OUTER}/a.py", "file:///elsewhere.py")] == [True, False]


def test_excluded_files_are_those_of_the_document_s_folder() -> None:
    """The reasons are computed once a file, and anew when the settings change."""
    configuration = configured({}, inner={"trigger": {"paths_off": ["*.gen.py"]}})
    found = DocumentFilter(configuration, lambda: 0.0)
    assert found.configure()
    inside, outside = document(f"{INNER}/a.gen.py"), document(f"{OUTER}/a.gen.py")
    assert found.skip_reason(inside) == "the setting trigger.paths_off names this file"
    assert found.skip_reason(outside) == ""
    assert found.automatic_skip_reason(inside.uri, "python", None)
    assert found.paths_off == ("*.gen.py",)
    _, last = configuration.folders
    last.settings = {}
    assert found.configure()
    assert found.skip_reason(inside) == ""
    assert not found.configure()


def test_secret_files_have_no_suggestions() -> None:
    """A manual request makes no difference."""
    found = filter_with({})
    for manual in (False, True):
        reason = found.skip_reason(document(f"{OUTER}/.env"), manual=manual)
        assert reason == "files like this one contain secrets and are never sent"


def test_link_to_a_secret_file_has_no_suggestions() -> None:
    """The paths of a closed document are forgotten."""
    found = filter_with({})
    uri = f"{OUTER}/notes.txt"
    found.paths[uri] = ("/w/notes.txt", "/w/.env")
    assert found.skip_reason(document(uri))
    found.forget(uri)
    assert found.skip_reason(document(uri)) == ""


def test_user_switches_off_a_language_or_all() -> None:
    """A manual request still works, and so does another language."""
    found = filter_with({})
    found.switch.toggle("python")
    assert found.skip_reason(document()) == "completion is switched off for python"
    assert found.skip_reason(document(), manual=True) == found.skip_reason(document(language="go")) == ""
    found.switch.toggle("python")
    found.switch.snooze(1, 50.0)
    assert found.skip_reason(document()).startswith("completion is snoozed until ")
    found.switch.snooze(1, 39.0)
    assert found.skip_reason(document()) == ""


@pytest.mark.parametrize("opened", [False, True])
def test_language_switched_off_in_the_settings_has_no_automatic_suggestions(opened: bool) -> None:
    """A manual request is still answered."""
    found = filter_with({"trigger": {"languages_off": ["python"]}})
    of = document() if opened else None
    assert found.automatic_skip_reason(document().uri, "python", of)
    assert found.automatic_skip_reason(document().uri, "go", None) == ""
    assert found.skip_reason(document(), manual=True) == ""
