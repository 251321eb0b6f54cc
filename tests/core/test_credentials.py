"""Which keys and tokens are masked, and what is left as it is."""

import random
import string

import pytest

from midfill.core.credentials import MASK, entropy, masked

ALPHABET = string.ascii_letters + string.digits


def token(length: int, alphabet: str = ALPHABET, seed: int = 7) -> str:
    """Return characters as a key has them: put together here, so that no scanner finds one in this file."""
    return "".join(random.Random(seed).choices(alphabet, k=length))


KEY, HEX = token(40), token(40, "0123456789abcdef")

SECRETS = {
    "AWS": "AKIA" + token(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    "GitHub": "ghp_" + token(36),
    "GitHub, fine-grained": "github_pat_" + token(22) + "_" + token(59),
    "GitLab": "glpat-" + token(20),
    "Slack": "xoxb-" + token(12, string.digits) + "-" + token(24),
    "Stripe": "sk_live_" + token(24),
    "DeepSeek": "sk-" + token(32, "0123456789abcdef"),
    "Anthropic": "sk-ant-api03-" + token(93),
    "Google": "AIza" + token(35),
    "npm": "npm_" + token(36),
    "PyPI": "pypi-AgE" + token(60),
    "Hugging Face": "hf_" + token(34, string.ascii_letters),
    "JSON Web Token": f"eyJ{token(20)}.eyJ{token(40)}.{token(43)}",
    "Shopify": "shpat_" + token(32, "0123456789abcdef"),
    "Vault": "hvs." + token(90),
    "age": "AGE-SECRET-KEY-1" + token(58, "0123456789ABCDEFGH"),
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
@pytest.mark.parametrize("line", ["{}", 'x = "{}"', "  - {}  # not mine", "call({}, 1)", "a\nb {} c\nd"])
def test_tokens_known_by_their_form_are_masked(secret: str, line: str) -> None:
    """Wherever they stand in a line, with nothing of them left."""
    assert masked(line.format(secret)) == line.format(MASK)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'api_key = "{KEY}"', f'api_key = "{MASK}"'),
        (f"API_KEY={KEY}", f"API_KEY={MASK}"),
        (f'"accessToken": "{token(20)}",', f'"accessToken": "{MASK}",'),
        (f"client_secret: {token(24)}\nnext: 1", f"client_secret: {MASK}\nnext: 1"),
        ('password = "hunter2-and-more"', f'password = "{MASK}"'),
        ("PASSWORD => 'correct horse'", "PASSWORD => 'correct horse'"),
        ('db.setPassword("s3cr3t!");', f'db.setPassword("{MASK}");'),
        ("postgres://me:pa55word@db:5432/x", f"postgres://me:{MASK}@db:5432/x"),
        (f"Authorization: Bearer {KEY}", f"Authorization: Bearer {MASK}"),
        (f'digest = "{HEX}"', f'digest = "{MASK}"'),
        (f'blob = "{token(64, ALPHABET + "+/")}"', f'blob = "{MASK}"'),
        ("İ\npassword = 'hunter22'", f"İ\npassword = '{MASK}'"),
    ],
)
def test_what_is_set_to_a_secret_is_masked(text: str, expected: str) -> None:
    """The value, and nothing else of the line."""
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "token = next(tokens)",
        "let token = self.token_at(position).kind();",
        'password = os.environ["DATABASE_PASSWORD"]',
        'password = "${PASSWORD}"',
        'api_key = "your-api-key-here"',
        'token: "<token>"',
        "def authenticate(user, password, token=None):",
        "if secret == expected_secret:",
        'path = "crates/ruff_linter/resources/test/fixtures/flake8_bandit/S105.py"',
        'TEST_CASES_FOR_VERSION_3_11_AND_LATER = "test_cases_for_version_3_11_and_later"',
        "see https://example.com/a/b?page=2",
        "mask-abcdefghijklmnopqrstuvwxyz0123",
        "0123456789" * 5,
        "x" * 200,
    ],
)
def test_ordinary_code_is_left_as_it_is(text: str) -> None:
    """Names, paths, placeholders and calls are no secrets."""
    assert masked(text) == text


def test_a_private_key_is_masked_as_a_whole() -> None:
    """All of its lines, and as many are left."""
    kind = "RSA PRIVATE KEY"
    text = f"a\n-----BEGIN {kind}-----\n{token(64)}\n{token(64, seed=8)}\n-----END {kind}-----\nb\n"
    found = masked(text)
    assert found.count("\n") == text.count("\n")
    assert (found.startswith("a\n"), found.endswith("\nb\n"), token(64) in found) == (True, True, False)
    assert token(64, seed=8) not in masked(token(64, seed=8)), "a line of it alone"


@pytest.mark.parametrize(("text", "bits"), [("aaaa", 0), ("abab", 1), ("abcd", 2)])
def test_entropy(text: str, bits: float) -> None:
    """Shannon's, in bits per character."""
    assert entropy(text) == pytest.approx(bits)
