"""The keys and tokens that are masked, and ordinary text that is not."""

import random
import string

import pytest

from midfill.core.credentials import MASK, entropy, without_credentials, without_private_keys

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
def test_tokens_of_a_known_form_are_masked(secret: str, line: str) -> None:
    """They are masked completely, anywhere in a line."""
    assert without_credentials(line.format(secret)) == line.format(MASK)


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
def test_value_of_a_secret_name_is_masked(text: str, expected: str) -> None:
    """The rest of the line is unchanged."""
    assert without_credentials(text) == expected


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
        "token = 'qwertyuiopasdfghjklzxcvbnm', 'version_20260101_release'",
    ],
)
def test_ordinary_code_is_not_masked(text: str) -> None:
    """Names, paths, placeholders and calls are no secrets."""
    assert without_credentials(text) == text


def test_private_key_is_masked_completely() -> None:
    """All of its lines are masked, and their number stays the same."""
    kind = "RSA PRIVATE KEY"
    text = f"a\n-----BEGIN {kind}-----\n{token(64)}\n{token(64, seed=8)}\n-----END {kind}-----\nb\n"
    found = without_credentials(text)
    assert found.count("\n") == text.count("\n")
    assert (found.startswith("a\n"), found.endswith("\nb\n"), token(64) in found) == (True, True, False)
    assert token(64, seed=8) not in without_credentials(token(64, seed=8)), "a line of it alone"


@pytest.mark.parametrize(("text", "bits"), [("aaaa", 0), ("abab", 1), ("abcd", 2)])
def test_entropy(text: str, bits: float) -> None:
    """It is Shannon's entropy, in bits per character."""
    assert entropy(text) == pytest.approx(bits)


UPPER, LOWER_HEX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdef"
FORMS = {
    **{start: token(16, UPPER) for start in ("AKIA", "ASIA", "ABIA", "ACCA")},
    **{start: token(36) for start in ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "npm_")},
    **{f"gl{kind}-": token(20) for kind in ("pat", "dt", "rt", "cbt", "ptt", "ft", "soat", "agent", "oas")},
    **{f"xox{kind}-": "1" + token(9) for kind in "abceoprs"},
    "github_pat_": token(22),
    "xapp-1-": "1" + token(9),
    **{f"hooks.slack.com/{kind}/": token(40) for kind in ("services", "workflows", "triggers")},
    **{f"{kind}_{stage}_": "1" + token(9) for kind in ("sk", "rk") for stage in ("test", "live", "prod")},
    "whsec_": token(24),
    "sk-": token(20),
    "AIza": token(35),
    "ya29.": token(20),
    "GOCSPX-": token(20),
    "pypi-": token(50),
    "rubygems_": token(48, LOWER_HEX),
    "eyJ": f"1{token(14)}.ey{token(17)}.{token(10)}",
    "SG.": f"1{token(15)}.{token(16)}",
    "SK": token(32, LOWER_HEX),
    "hf_": token(34, string.ascii_letters),
    **{f"do{kind}_v1_": token(64, LOWER_HEX) for kind in "opr"},
    "dapi": token(32, LOWER_HEX),
    "glsa_": token(32),
    "AGE-SECRET-KEY-1": token(58, UPPER),
    **{f"shp{kind}_": token(32, LOWER_HEX) for kind in ("at", "ca", "pa", "ss")},
    "hvs.": token(24),
    "hvb.": token(24),
    "AccountKey=": token(40),
}


@pytest.mark.parametrize("start", FORMS)
def test_shortest_token_of_each_form_is_masked(start: str) -> None:
    """After a letter it is a part of a name, and a shorter text is not of the form."""
    assert without_credentials(f"x({start}{FORMS[start]})") == f"x({MASK})"
    if start != "AccountKey=":
        assert without_credentials(f"x({start}{FORMS[start][:-1]})") == f"x({start}{FORMS[start][:-1]})"
        assert without_credentials(f"x(my{start}{FORMS[start]})") == f"x(my{start}{FORMS[start]})"


NAMES = """password passwd passphrase pwd secret token credential api_key apikey access-key auth_key private_key
    signing_key account_key"""


@pytest.mark.parametrize("name", NAMES.split())
@pytest.mark.parametrize("sign", ["=", ": ", " := ", " => ", " == "])
def test_secret_names_in_any_spelling_are_detected(name: str, sign: str) -> None:
    """The name may be in any case or a part of a longer one, with quotes and without."""
    value = token(20)
    for text in (f"{name}{sign}'{{}}'", f"MY_{name.upper()}_2{sign}{{}}", f'"{name}"{sign}"{{}}",'):
        assert without_credentials(text.format(value)) == text.format(MASK)


@pytest.mark.parametrize(
    "value",
    [
        "your-token-1234", "my-token-12345", "example-123456", "changeme-1234", "none-1", "null-12",
        "x" * 12, "******", "......",
        "<token-1234>", "{token1234}", "$TOKEN_1234", "(abc123def)", "[abc123def]", "100%abc123d", "a\\b123456",
        "undefined", "true-1234567", "false-123456",
    ],
)  # fmt: skip
def test_placeholder_is_not_masked(value: str) -> None:
    """A placeholder is not a value."""
    assert without_credentials(f'password = "{value}"') == f'password = "{value}"'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('token = "abcdefghij"', 'token = "abcdefghij"'),
        ('token = "1234567890"', 'token = "1234567890"'),
        ('token = "a1b2c3d4e"', 'token = "a1b2c3d4e"'),
        ('token = "aaaaa11111"', 'token = "aaaaa11111"'),
        ('token = "a1b2c3d4e5f6"', f'token = "{MASK}"'),
        ('pwd = "abcde"', 'pwd = "abcde"'),
        ('pwd = "abcdef"', f'pwd = "{MASK}"'),
        ('passphrase: "one-two"', f'passphrase: "{MASK}"'),
        ("basic dXNlcjpwYXNzd29yZDEyMw==", f"basic {MASK}"),
        ("token a1b2c3d4e5f6g7h8i9j0", f"token {MASK}"),
        ("bearer abcdefghijklmnopqrst", "bearer abcdefghijklmnopqrst"),
        ("ftp://me:pw@host", "ftp://me:pw@host"),
        ("ftp://me:pwd@host", f"ftp://me:{MASK}@host"),
        ("ftp://:secret@host", f"ftp://:{MASK}@host"),
        ("ftp://me:$PWD@host ftp://me:{pwd}@host", "ftp://me:$PWD@host ftp://me:{pwd}@host"),
        ("http://host:80/a@b", "http://host:80/a@b"),
    ],
)
def test_minimum_length_of_a_secret(text: str, expected: str) -> None:
    """A password of six characters is one; a token needs ten, with letters and digits well mixed."""
    assert without_credentials(text) == expected


def test_long_mixed_runs_are_keys() -> None:
    """They have upper and lower case and digits, or are hexadecimal and no number."""
    mixed = token(32)
    assert without_credentials(f'x = "{mixed}"') == f'x = "{MASK}"'
    for plain in (mixed[:31], mixed.lower(), mixed.upper(), "Ab1" * 11, "x_" * 8 + "Ab1" * 6):
        assert without_credentials(f'x = "{plain}"') == f'x = "{plain}"'
    assert without_credentials(f"`{token(32, LOWER_HEX)}`") == f"`{MASK}`"
    assert without_credentials('"' + "1234567890" * 4 + '"') == '"' + "1234567890" * 4 + '"'
    line = token(60)
    assert without_credentials(f"a\n  {line}\nb") == f"a\n  {MASK}\nb"
    assert without_credentials(f"a\n  {line[:59]}\nb") == f"a\n  {line[:59]}\nb"


@pytest.mark.parametrize("value", [token(20), "horse!9"])
def test_each_line_with_a_secret_is_masked(value: str) -> None:
    """Other lines are unchanged; a password need not look like a key."""
    lines = [f"line {number}" if number % 3 else f"secret = '{value}'" for number in range(12)]
    expected = [line.replace(value, MASK) for line in lines]
    assert without_credentials("\n".join(lines)) == "\n".join(expected)
    assert without_credentials("\n".join([*lines, ""])) == "\n".join([*expected, ""])
    assert (
        without_credentials(f"secret = '{value}' secret = '{value}'")
        == f"secret = '{MASK}' secret = '{MASK}'"
    )


@pytest.mark.parametrize(
    "kind", ["PRIVATE KEY", "EC PRIVATE KEY", "PGP PRIVATE KEY BLOCK", "OPENSSH PRIVATE KEY"]
)
def test_private_keys_of_any_kind_are_masked(kind: str) -> None:
    """A key without an end is masked to the end of the text; a public key is not masked."""
    begin, end = f"-----BEGIN {kind}-----", f"-----END {kind}-----"
    assert without_private_keys(f"a\n{begin}\nsecret\n{end}\nb") == f"a\n{begin}{MASK}\n\n{end}\nb"
    assert without_private_keys(f"{begin}\nsecret\nmore") == f"{begin}{MASK}\n\n"
    public = f"{begin.replace('PRIVATE', 'PUBLIC')}\nkey\n"
    assert without_private_keys(public) == public
