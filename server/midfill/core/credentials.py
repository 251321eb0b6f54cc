"""Keys and tokens in ordinary files, which are masked before the text is used as context."""

import math
import re
from collections import Counter

MASK = "***"

FORMS = (
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

HINTS = ("passw", "passphrase", "pwd", "secret", "hf_", "://")
"""Words, in any case, that make a line a candidate even if it has no long run."""

_LONG = re.compile(r"[A-Za-z0-9_-]{10,}")
_DIGIT = re.compile(r"\d")
_FORMS = tuple((start, re.compile(re.escape(start) + rest)) for start, rest in FORMS)
_NAMES = (
    r"passw(?:or)?d|passwd|passphrase|pwd|secret|token|credential"
    r"|(?:api|access|auth|private|signing|account)[_-]?key"
)
_SET = rf"(?:{_NAMES})[\w.-]{{0,30}}[\"'\])]{{0,2}}[ \t]{{0,3}}(?::=|=>|==|[:=(])[ \t]{{0,3}}"
_QUOTED = re.compile(_SET + r"[bru]?[\"'`]([^\"'`\s]{6,200})[\"'`]", re.IGNORECASE)
_BARE = re.compile(_SET + r"([\w+/=.~-]{12,200})[ \t]*[;,]?[ \t]*$", re.IGNORECASE)
_BEARER = re.compile(r"\b(?:bearer|basic|token)[ \t]+([\w.~+/=-]{20,})", re.IGNORECASE)
_LOGIN = re.compile(r"://[^:@/\s\"']{0,64}:([^@/\s\"'{}$<>]{3,128})@")
_RUN = re.compile(r"[\"'`=]([\w+/-]{32,512}={0,2})[\"'`]|^[ \t]*([A-Za-z0-9+/]{60,512}={0,2})$")
_BLOCK = re.compile(r"(-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----).*?(?=-----END|\Z)", re.DOTALL)
_PLACEHOLDER = re.compile(
    r".*[{}<>()\[\]$%\\].*|x{3,}|\*+|\.+|(?:your|my|example|changeme|none|null|true|false|undefined)\b.*",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"passw|passphrase|pwd|secret", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-fA-F]+")

_ENTROPY, _ENTROPY_OF_HEX = 4.3, 3.0
"""Bits per character from which a long text is not a name; detect-secrets uses 4.5 for base64 and 3.0 for hexadecimal.
"""
_ENTROPY_OF_ASSIGNED = 3.5
"""gitleaks' rule generic-api-key: a value assigned to a name like `api_key`."""


def masked(text: str) -> str:
    """Return `text` with `MASK` instead of each key, token, password and private key; all lines stay."""
    text = without_private_keys(text)
    done = 0
    pieces: list[str] = []
    for start in sorted(_hinted(text) | _long(text)):
        end = _end(text, start)
        pieces += text[done:start], _masked_line(text[start:end])
        done = end
    return "".join(pieces) + text[done:]


def without_private_keys(text: str) -> str:
    """Return `text` with `MASK` instead of private keys, which span several lines."""
    if "PRIVATE KEY" not in text:
        return text
    return _BLOCK.sub(lambda found: found[1] + MASK + "\n" * found[0].count("\n"), text)


def _masked_line(line: str) -> str:
    for start, form in _FORMS:
        if start in line:
            line = form.sub(_masked_if_whole, line)
    line = _RUN.sub(_masked_if_random, line)
    for rule, how in _RULES:
        line = rule.sub(how, line)
    return line


def _long(text: str) -> set[int]:
    """Return the starts of the lines with a long run of letters and digits."""
    return {
        text.rfind("\n", 0, found.start()) + 1 for found in _LONG.finditer(text) if _DIGIT.search(found[0])
    }


def _hinted(text: str) -> set[int]:
    """Return the starts of the lines with one of `HINTS`."""
    lower = text.lower()
    if len(lower) != len(text):  # Lower-casing turns a few letters into two.
        lower = "".join(char.lower() if char.isascii() else char for char in text)
    found: set[int] = set()
    for hint in HINTS:
        at = lower.find(hint)
        while at >= 0:
            found.add(lower.rfind("\n", 0, at) + 1)
            at = lower.find(hint, _end(lower, at))
    return found


def _end(text: str, at: int) -> int:
    """Return the end of the line that contains `at`."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _with_mask(found: re.Match[str]) -> str:
    """Return the match with `MASK` instead of its group."""
    start, end = (place - found.start() for place in found.span(found.lastindex or 0))
    return found[0][:start] + MASK + found[0][end:]


def _masked_if_whole(found: re.Match[str]) -> str:
    before = found.string[found.start() - 1 : found.start()]
    return found[0] if before.isalnum() or before == "_" else MASK


def _masked_if_random(found: re.Match[str]) -> str:
    """Mask a long text that is neither a name nor a number."""
    run = found[found.lastindex or 0]
    if _HEX.fullmatch(run):
        is_random = entropy(run) >= _ENTROPY_OF_HEX and not run.isdigit()
    else:
        enough = sum(map(str.isdigit, run)) > (3 if "_" in run else 0)
        is_random = enough and run != run.lower() and run != run.upper() and entropy(run) >= _ENTROPY
    return _with_mask(found) if is_random else found[0]


def _masked_if_secret(found: re.Match[str]) -> str:
    """Mask an assigned password, and a value mixed enough to be a key."""
    if _PLACEHOLDER.fullmatch(found[1]):
        return found[0]
    return _with_mask(found) if _PASSWORD.match(found[0]) else _masked_if_mixed(found)


def _masked_if_mixed(found: re.Match[str]) -> str:
    """Mask a value of random digits and letters."""
    value = found[1]
    has_both = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    is_mixed = len(value) >= 10 and has_both and entropy(value) >= _ENTROPY_OF_ASSIGNED
    return _with_mask(found) if is_mixed else found[0]


_RULES = (
    (_LOGIN, _with_mask),
    (_BEARER, _masked_if_mixed),
    (_QUOTED, _masked_if_secret),
    (_BARE, _masked_if_mixed),
)


def entropy(text: str) -> float:
    """Return Shannon's entropy of the characters of a text, in bits per character."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())
