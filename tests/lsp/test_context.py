"""The context of a document: recent edits elsewhere, the workspace's files, notes; and the excluded files."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.client import CAPABILITIES, Json, LspClient
from tests.loopback.client import Loopback
from tests.lsp.editor import Page, answer, running

pytestmark = pytest.mark.anyio


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A workspace with an ordinary file, an ignored one, and one with a secret."""
    files = {
        ".gitignore": "ignored.py\n",
        "shop/basket.py": "class Basket:\n    def total_price(self, discount_rate):\n        return 1\n",
        "ignored.py": "ignored_secret = discount_rate\n",
        ".env": "DISCOUNT_RATE=hush\n",
        "notes.md": "Prices are in cents.\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@asynccontextmanager
async def serving(env: dict[str, str], project: Path, **context: object) -> AsyncIterator[LspClient]:
    options: Json = {"context": {"sources": ["recent"], **context}}
    async with running(env, options, root=project.as_uri()) as client:
        yield client


async def sent_prompt(client: LspClient, project: Path, loopback: Loopback, contains: str = "") -> str:
    """Request a completion in a file of the workspace, and return the sent prompt, once it contains a text."""
    page = Page(client, "x = 1\nprice = ▮\n", uri=f"{project.as_uri()}/shop/till.py")
    return await prompt_with(page, loopback, contains)


async def prompt_with(page: Page, loopback: Loopback, contains: str) -> str:
    """Request completions at the cursor until the sent prompt contains a text; return the prompt.

    A context that comes too late for a call is there at the next.
    """
    while True:
        await page.items(manual=True)
        prompt: str = loopback.log(path="/completions")[-1]["body"]["prompt"]
        if contains in prompt:
            return prompt


async def test_edit_in_another_file_is_in_the_prompt(
    env: dict[str, str], loopback: Loopback, project: Path
) -> None:
    async with serving(env, project) as client:
        Page(client, "a = 1\n▮", uri=f"{project.as_uri()}/shop/other.py").type("discount = 5\n")
        prompt = await sent_prompt(client, project, loopback, "# shop/other.py\n")
    assert prompt == "# shop/other.py\na = 1\ndiscount = 5\n\n# shop/till.py\nx = 1\nprice = "


async def test_far_lines_of_a_long_document_are_sent(
    env: dict[str, str], loopback: Loopback, project: Path
) -> None:
    """They are sent with adjacent lines, before the document's text; the prompt is short here."""
    far = "discount_rate = rate_of(customer)\n"
    filler = "".join(f"filler_{row} = {row}\n" for row in range(400))
    options: Json = {"prompt": {"prefix_tokens": 100}, "context": {"sources": ["document"]}}
    async with running(env, options, root=project.as_uri()) as client:
        page = Page(client, f"{far}{filler}price = discount_▮\n", uri=f"{project.as_uri()}/shop/till.py")
        prompt = await prompt_with(page, loopback, far)
    assert prompt.startswith(f"# shop/till.py\n{far}filler_0 = 0\n")
    assert "\n\n# shop/till.py\nfiller_3" in prompt
    assert len(prompt) < len(filler) / 2


async def test_other_files_are_comments_if_set(
    env: dict[str, str], loopback: Loopback, project: Path
) -> None:
    async with serving(env, project, format="comments") as client:
        Page(client, "a = 1\n▮", uri=f"{project.as_uri()}/shop/other.py").type("discount = 5\n")
        prompt = await sent_prompt(client, project, loopback, "# shop/other.py\n")
    assert prompt == "# shop/other.py\n# a = 1\n# discount = 5\n\n# shop/till.py\nx = 1\nprice = "


@pytest.mark.parametrize("name", [".env", "ignored.py", "private/plan.py", "id_rsa"])
async def test_edit_in_an_excluded_file_is_not_in_the_prompt(
    env: dict[str, str], loopback: Loopback, project: Path, name: str
) -> None:
    async with running(env, {"trigger": {"paths_off": ["/private/"]}}, root=project.as_uri()) as client:
        page = Page(client, "▮", uri=f"{project.as_uri()}/{name}")
        page.type("discount_hush = 1\n")
        await page.items(manual=True)
        client.notify("textDocument/didClose", {"textDocument": {"uri": page.uri}})
        Page(client, "▮", uri=f"git:{project}/shop/old.py").type("discount_hush = 1\n")
        prompt = await sent_prompt(client, project, loopback)
    assert "hush" not in prompt.partition("# shop/till.py")[0]


async def test_notes_are_in_the_prompt(env: dict[str, str], loopback: Loopback, project: Path) -> None:
    async with serving(env, project, extra=["notes.md", "Be brief.", "../../etc/hostname", ".env"]) as client:
        prompt = await sent_prompt(client, project, loopback, "Be brief.")
    assert "# notes.md\nPrices are in cents.\n" in prompt
    assert "Be brief." in prompt
    assert "hush" not in prompt


async def test_context_command_returns_the_prompt(
    env: dict[str, str], loopback: Loopback, project: Path
) -> None:
    async with serving(env, project) as client:
        shown = {"command": "midfill.showPrompt", "arguments": [f"{project.as_uri()}/shop/till.py"]}
        assert await answer(client.request("workspace/executeCommand", shown)) is None
        prompt = await sent_prompt(client, project, loopback)
        assert await answer(client.request("workspace/executeCommand", shown)) == f"{prompt}▮\n"


async def test_disabled_context_is_not_in_the_prompt(
    env: dict[str, str], loopback: Loopback, project: Path
) -> None:
    async with serving(env, project, enabled=False) as client:
        Page(client, "a = 1\n▮", uri=f"{project.as_uri()}/shop/other.py").type("discount = 5\n")
        assert await sent_prompt(client, project, loopback) == "# shop/till.py\nx = 1\nprice = "


# What the editor's language servers know.

DEFINES: Json = {**CAPABILITIES, "experimental": {"midfill": {"definitions": True}}}
BASKET = "# shop/basket.py\nclass Basket:\n    def total_price(self, discount_rate):\n\n"


def at(uri: str, row: int = 0) -> Json:
    place = {"line": row, "character": 0}
    return {"uri": uri, "range": {"start": place, "end": place}}


async def prompt_with_definitions(
    env: dict[str, str],
    project: Path,
    loopback: Loopback,
    answer_: object,
    *,
    more: object = None,
    contains: str = "",
) -> tuple[str, LspClient]:
    """Request a completion; the editor answers with these places. Return the prompt after the pause, and the client."""
    context = {"sources": ["editor"]} if more is None else more
    options = {"context": context, "trigger": {"paths_off": ["/private/"]}}
    async with running(env, options, root=project.as_uri(), capabilities=DEFINES) as client:
        client.replies["midfill/definitions"] = lambda params: answer_
        page = Page(client, "from shop import Basket\nprice = ▮\n", uri=f"{project.as_uri()}/shop/till.py")
        await page.items(manual=True)
        if more is None:
            await client.until("midfill/definitions")
        await asyncio.sleep(0.3)
        page.type("Bas")
        prompt = await prompt_with(page, loopback, contains)
    return prompt, client


async def test_definitions_from_the_editor_are_in_the_prompt(
    env: dict[str, str], loopback: Loopback, project: Path
) -> None:
    """The server requests the definitions of imported names and of names near the cursor."""
    uri = f"{project.as_uri()}/shop/basket.py"
    prompt, client = await prompt_with_definitions(
        env, project, loopback, [at(uri), None, {"uri": 3}, at(uri)], contains=BASKET
    )
    assert prompt == f"{BASKET}# shop/till.py\nfrom shop import Basket\nprice = Bas"
    (asked,) = client.received("midfill/definitions")
    assert asked["uri"] == f"{project.as_uri()}/shop/till.py"
    assert {"line": 0, "character": len("from shop import ")} in asked["positions"]
    assert {"line": 0, "character": 0} not in asked["positions"]


@pytest.mark.parametrize(
    "name", [".env", "ignored.py", "private/plan.py", "../outside.py", "link.py", "no.py"]
)
async def test_definitions_in_excluded_files_are_not_in_the_prompt(
    env: dict[str, str],
    loopback: Loopback,
    project: Path,
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
) -> None:
    outside = tmp_path_factory.mktemp("elsewhere") / "outside.py"
    outside.write_text("hush = 1\n", "utf-8")
    (project / "link.py").symlink_to(outside)
    (project / "private").mkdir()
    (project / "private" / "plan.py").write_text("hush = 1\n", "utf-8")
    uri = outside.as_uri() if name.startswith("..") else f"{project.as_uri()}/{name}"
    prompt, _ = await prompt_with_definitions(
        env, project, loopback, [at(uri), at(f"git:{project}/shop/old.py")]
    )
    assert prompt.startswith("# shop/till.py")


@pytest.mark.parametrize("context", [{"sources": ["recent"]}, {"enabled": False}, {"tokens": 450}])
async def test_definitions_are_not_requested_if_disabled(
    env: dict[str, str], loopback: Loopback, project: Path, context: Json
) -> None:
    prompt, client = await prompt_with_definitions(env, project, loopback, [], more=context)
    assert not client.received("midfill/definitions")
    assert prompt.startswith("# shop/till.py")


@pytest.mark.parametrize("answer_", [None, "nonsense", [[]], {"uri": "x"}, [{"uri": "a", "range": None}]])
async def test_malformed_definitions_are_ignored(
    env: dict[str, str], loopback: Loopback, project: Path, answer_: object
) -> None:
    prompt, _ = await prompt_with_definitions(env, project, loopback, answer_)
    assert prompt == "# shop/till.py\nfrom shop import Basket\nprice = Bas"
