"""`midfill setup --backend NAME`."""

from pathlib import Path

import pytest

from midfill.cli import backend_setup
from midfill.core.providers import PROVIDERS
from midfill.settings import load


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"MIDFILL_CONFIG": str(tmp_path / "config.toml")}


@pytest.mark.parametrize("name", backend_setup.CHOICES)
def test_settings_of_each_backend_are_printed(
    name: str, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The output is a valid settings file; the next steps end with the check."""
    assert backend_setup.run(name, False, environ) == 0
    output = capsys.readouterr()
    Path(environ["MIDFILL_CONFIG"]).write_text(output.out)
    loaded = load(environ)
    assert (loaded.problems, loaded.settings.backend) == ((), name)
    assert "midfill doctor" in output.err or name == "local"
    if (provider := PROVIDERS.get(name)) and provider.variable:
        assert provider.variable in output.err


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'backend = "ollama"'),
        ('backend = ["deepseek", "mistral"]\nlog = "x"\n', 'backend = "ollama"\nlog = "x"\n'),
        ("backend = 'auto'", 'backend = "ollama"'),
        ('[other]\nbackend = "x"\n', '[other]\nbackend = "x"\n'),
    ],
)
def test_backend_is_written_to_the_file(before: str, after: str, environ: dict[str, str]) -> None:
    """The backend is set; the rest of the file is unchanged, and a backup is kept."""
    path = Path(environ["MIDFILL_CONFIG"])
    if before:
        path.write_text(before)
    assert backend_setup.run("ollama", True, environ) == 0
    text = path.read_text()
    assert after in text
    assert text.startswith('backend = "ollama"')
    assert backend_setup.run("ollama", True, environ) == 0
    assert path.read_text() == text


def test_unknown_backend_is_reported(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """The message names the nearest backend and all backends."""
    assert backend_setup.run("mistrall", True, environ) == 2
    assert "did you mean mistral?" in capsys.readouterr().err
    assert not Path(environ["MIDFILL_CONFIG"]).exists()
