"""Masks keys and tokens in ordinary files before their text is used as context."""

import math
import re
from collections import Counter

MASK = "***"

TOKEN_FORMS = (
    *((start, r"[A-Z2-7]{16}\b") for start in ("AKIA", "ASIA", "ABIA", "ACCA")),  # AWS
    *((start, r"[0-9A-Za-z]{36,}") for start in ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    ("github_pat_", r"\w{22,}"),
    *(
        (f"gl{kind}-", r"[\w-]{20,}")
        for kind in ("pat", "dt", "rt", "cbt", "ptt", "ft", "soat", "agent", "oas")
    ),
    *((f"xox{kind}-", r"[\w-]{10,}") for kind in "abceoprs"),  # Slack
    ("xapp-", r"\d-[\w-]{10,}"),
    ("hooks.slack.com/", r"(?:services|workflows|triggers)/[\w+/-]{40,}"),
    *(
        (f"{kind}_{stage}_", r"[0-9A-Za-z]{10,}")
        for kind in ("sk", "rk")
        for stage in ("test", "live", "prod")
    ),
    ("whsec_", r"\w{24,}"),
    ("sk-", r"[\w-]{20,}"),  # DeepSeek, OpenAI, Anthropic, OpenRouter
    *(("AIza", r"[\w-]{35}"), ("ya29.", r"[\w-]{20,}"), ("GOCSPX-", r"[\w-]{20,}")),  # Google
    *(("npm_", r"[0-9A-Za-z]{36}"), ("pypi-", r"[\w-]{50,}"), ("rubygems_", r"[a-f0-9]{48}")),
    ("eyJ", r"[\w-]{15,}\.ey[\w/-]{17,}\.[\w/-]{10,}"),  # JSON Web Tokens
    *(("SG.", r"[\w-]{16,}\.[\w-]{16,}"), ("SK", r"[0-9a-f]{32}\b"), ("hf_", r"[A-Za-z]{34}\b")),
    *((f"do{kind}_v1_", r"[a-f0-9]{64}") for kind in "opr"),  # Digital Ocean
    *(("dapi", r"[a-f0-9]{32}"), ("glsa_", r"\w{32,}"), ("AGE-SECRET-KEY-1", r"[0-9A-Z]{58}")),
    *((f"shp{kind}_", r"[a-fA-F0-9]{32}") for kind in ("at", "ca", "pa", "ss")),  # Shopify
    *(("hvs.", r"[\w-]{24,}"), ("hvb.", r"[\w-]{24,}")),  # Vault
    ("AccountKey=", r"[\w+/=]{40,}"),  # Azure
)
"""Tokens with a recognisable form: their prefix, and the pattern that follows.

Chosen from the rules in gitleaks' config/gitleaks.toml (MIT) for the services that developers use most.
"""

SECRET_WORDS = ("passw", "passphrase", "pwd", "secret", "hf_", "://")
"""Words, in any case, for which a line is searched even if it has no long run of letters and digits."""

_LONG_RUN = re.compile(r"[A-Za-z0-9_-]{10,}")
_DIGIT = re.compile(r"\d")
_COMPILED_FORMS = tuple((start, re.compile(re.escape(start) + rest)) for start, rest in TOKEN_FORMS)
_NAMES = (
    r"passw(?:or)?d|passwd|passphrase|pwd|secret|token|credential"
    r"|(?:api|access|auth|private|signing|account)[_-]?key"
)
_ASSIGNMENT = rf"(?:{_NAMES})[\w.-]{{0,30}}[\"'\])]{{0,2}}[ \t]{{0,3}}(?::=|=>|==|[:=(])[ \t]{{0,3}}"
_QUOTED_VALUE = re.compile(_ASSIGNMENT + r"[bru]?[\"'`]([^\"'`\s]{6,200})[\"'`]", re.IGNORECASE)
_UNQUOTED_VALUE = re.compile(_ASSIGNMENT + r"([\w+/=.~-]{12,200})[ \t]*[;,]?[ \t]*$", re.IGNORECASE)
_BEARER_TOKEN = re.compile(r"\b(?:bearer|basic|token)[ \t]+([\w.~+/=-]{20,})", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"://[^:@/\s\"']{0,64}:([^@/\s\"'{}$<>]{3,128})@")
_RANDOM_RUN = re.compile(r"[\"'`=]([\w+/-]{32,512}={0,2})[\"'`]|^[ \t]*([A-Za-z0-9+/]{60,512}={0,2})$")
_PRIVATE_KEY = re.compile(
    r"(-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----).*?(?=-----END|\Z)", re.DOTALL
)
_PLACEHOLDER = re.compile(
    r".*[{}<>()\[\]$%\\].*|x{3,}|\*+|\.+|(?:your|my|example|changeme|none|null|true|false|undefined)\b.*",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"passw|passphrase|pwd|secret", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-fA-F]+")

_MIN_ENTROPY, _MIN_HEX_ENTROPY = 4.3, 3.0
"""Minimum bits per character of a random text; detect-secrets uses 4.5 for base64 and 3.0 for hexadecimal."""
_MIN_KEY_CHARACTERS = 10
"""Minimum characters of an assigned value that can be a key (our own limit)."""
_MIN_ASSIGNED_ENTROPY = 3.5
"""The same for a value that is assigned to a name like `api_key` (gitleaks' rule generic-api-key)."""


def without_credentials(text: str) -> str:
    """Return `text` with `MASK` instead of each key, token, password and private key; all lines stay."""
    text = without_private_keys(text)
    copied_until = 0
    pieces: list[str] = []
    for start in sorted(_lines_with_secret_word(text) | _lines_with_long_run(text)):
        end = _line_end(text, start)
        pieces += text[copied_until:start], _masked_line(text[start:end])
        copied_until = end
    return "".join(pieces) + text[copied_until:]


def without_private_keys(text: str) -> str:
    """Return `text` with `MASK` instead of private keys, which span several lines."""
    if "PRIVATE KEY" not in text:
        return text
    return _PRIVATE_KEY.sub(lambda found: found[1] + MASK + "\n" * found[0].count("\n"), text)


def _masked_line(line: str) -> str:
    """Return a line with `MASK` instead of each credential."""
    for start, form in _COMPILED_FORMS:
        if start in line:
            line = form.sub(_masked_if_whole, line)
    line = _RANDOM_RUN.sub(_masked_if_random, line)
    for rule, mask in _RULES:
        line = rule.sub(mask, line)
    return line


def _lines_with_long_run(text: str) -> set[int]:
    """Return the starts of the lines with a long run of letters and digits."""
    return {
        text.rfind("\n", 0, found.start()) + 1
        for found in _LONG_RUN.finditer(text)
        if _DIGIT.search(found[0])
    }


def _lines_with_secret_word(text: str) -> set[int]:
    """Return the starts of the lines with one of `SECRET_WORDS`."""
    lower = text.lower()
    if len(lower) != len(text):  # Lower-casing turns a few letters into two.
        lower = "".join(char.lower() if char.isascii() else char for char in text)
    found: set[int] = set()
    for hint in SECRET_WORDS:
        at = lower.find(hint)
        while at >= 0:
            found.add(lower.rfind("\n", 0, at) + 1)
            at = lower.find(hint, _line_end(lower, at))
    return found


def _line_end(text: str, at: int) -> int:
    """Return the end of the line that contains `at`."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _with_mask(found: re.Match[str]) -> str:
    """Return the match with `MASK` instead of its group."""
    start, end = (position - found.start() for position in found.span(found.lastindex or 0))
    return found[0][:start] + MASK + found[0][end:]


def _masked_if_whole(found: re.Match[str]) -> str:
    """Return `MASK` unless the match is the end of a longer word."""
    before = found.string[found.start() - 1 : found.start()]
    return found[0] if before.isalnum() or before == "_" else MASK


def _masked_if_random(found: re.Match[str]) -> str:
    """Return the match with its long text masked, if that is neither a name nor a number."""
    run = found[found.lastindex or 0]
    if _HEX.fullmatch(run):
        is_random = entropy(run) >= _MIN_HEX_ENTROPY and not run.isdigit()
    else:
        enough = sum(map(str.isdigit, run)) > (3 if "_" in run else 0)
        is_random = enough and run != run.lower() and run != run.upper() and entropy(run) >= _MIN_ENTROPY
    return _with_mask(found) if is_random else found[0]


def _masked_if_secret(found: re.Match[str]) -> str:
    """Return the match with its value masked, if that is a password or mixed enough to be a key."""
    if _PLACEHOLDER.fullmatch(found[1]):
        return found[0]
    return _with_mask(found) if _PASSWORD.match(found[0]) else _masked_if_mixed(found)


def _masked_if_mixed(found: re.Match[str]) -> str:
    """Return the match with its value masked, if that consists of random digits and letters."""
    value = found[1]
    has_both = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    is_mixed = len(value) >= _MIN_KEY_CHARACTERS and has_both and entropy(value) >= _MIN_ASSIGNED_ENTROPY
    return _with_mask(found) if is_mixed else found[0]


_RULES = (
    (_URL_PASSWORD, _with_mask),
    (_BEARER_TOKEN, _masked_if_mixed),
    (_QUOTED_VALUE, _masked_if_secret),
    (_UNQUOTED_VALUE, _masked_if_mixed),
)


def entropy(text: str) -> float:
    """Return Shannon's entropy of the characters of a text, in bits per character."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())
