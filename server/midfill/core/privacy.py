"""Which files no completion may read: the ones that hold secrets, and the ones that the user named."""

import re
from collections.abc import Sequence
from fnmatch import translate
from functools import lru_cache
from urllib.parse import unquote

from pathspec import GitIgnoreSpec

SECRET_NAMES = (
    # Environments; `OPEN_NAMES` are let through.
    *(".env", ".env[._-]*", "*.env", ".envrc", ".dev.vars"),
    # Private keys, certificates with their keys, vaults.
    *("*.pem", "*.key", "*.keypair", "*.p8", "*.p12", "*.pfx", "*.pkcs12", "*.jks", "*.keystore", "*.keytab"),
    *("*_rsa", "*_dsa", "*_ecdsa", "*_ed25519", "id_ecdsa_sk", "id_ed25519_sk", "*.ppk", "*.gpg", "*.pgp"),
    *("*.asc", "*.ovpn", "*.kdb", "*.kdbx", "*.psafe3", "*.agilekeychain", "*.keychain", "*.kwallet"),
    *("wallet.dat", "*.bek", "*.tpm", "*.fve"),
    # What tools log in with.
    *("credentials", ".credentials*", "credentials.*", "*-credentials.json", "*_credentials.json"),
    *(".git-credentials", ".npmrc", ".netrc", "_netrc", ".pypirc", ".pgpass", "pgpass.conf", ".my.cnf"),
    *(".mylogin.cnf", ".htpasswd", ".dockercfg", ".boto", ".s3cfg", ".muttrc", ".msmtprc", ".authinfo"),
    *(".terraformrc", "terraform.rc", ".vault-token", ".vault_pass*", "auth.json", "key.properties"),
    *("kubeconfig", "kubeconfig.*", "*.kubeconfig", "client_secret*.json", "keystore.properties"),
    *("service[_-]account*.json", "serviceaccount*.json", "gha-creds-*.json", "local.settings.json"),
    *("sftp.json", "sftp-config.json", ".ftpconfig", "filezilla.xml", "recentservers.xml"),
    # Infrastructure state, and what calls itself secret.
    *(
        "*.tfstate",
        "*.tfstate.*",
        "*.tfvars",
        "*.tfvars.json",
        "*.secret",
        "*.secrets",
        ".secret",
        ".secrets",
    ),
    *(
        "secret.json",
        "secret.y*ml",
        "secret.toml",
        "secrets.json",
        "secrets.*json",
        "secrets.y*ml",
        "*.token",
    ),
    *("secrets.*.y*ml", "secrets.toml", "secrets.*.toml", "secrets.ini", "secret_token.rb", ".token"),
    # Settings that usually hold a password or a token.
    *("id_rsa_*", "id_ed25519_*", ".dockerconfigjson", "pip.conf", "gradle.properties", "wp-config.php"),
    *("env.production", ".flaskenv", "vault.y*ml", "rclone.conf", "passwords.txt", "token.txt"),
    *("*-secrets.y*ml", "*firebase-adminsdk-*.json"),
    # What was typed at a prompt.
    *(".*_history", ".histfile"),
)
"""Globs of file names, matched without regard to case.

Chosen from Continue's core/indexing/ignore.ts (DEFAULT_SECURITY_IGNORE_FILETYPES), gitrob's
core/signatures.go, Zed's `private_files` and GitHub's gitignore templates. Left out as over-broad:
config.json, config.yaml, settings.json, settings.py, appsettings.json, database.yml, shell profiles,
databases, logs and public certificates.
"""

SECRET_FOLDERS = (
    *(".aws", ".azure", ".gcp", ".gcloud", ".config/gcloud", ".config/gh", ".kube", ".ssh", ".gnupg", ".oci"),
    *(".password-store", ".secrets", "run/secrets", ".docker/config.json", ".cargo/credentials.toml"),
)
"""Folders (and files named by their folder) nothing in which is read; sources as for `SECRET_NAMES`."""

OPEN_NAMES = (
    ".env[._-]example",
    ".env[._-]sample",
    ".env[._-]template",
    ".env[._-]dist",
    "*.example",
    "*.sample",
    "id_*.pub",  # A public key.
)
"""Names that are made to be shared, and are read although they look like secret ones."""


def is_secret(path: str) -> bool:
    """Return whether a file of this path usually holds secrets, so that its text must go nowhere.

    `path` is a POSIX or Windows path, absolute or not, or a URI of any scheme. Copies that editors and people
    make (`.env.bak`, `id_rsa~`) are as secret as what they are copies of.
    """
    plain = _COPY.sub("", "/" + _plain(path).lower())
    name = plain.rpartition("/")[2]
    if _FOLDERS.search(plain + "/"):
        return True
    return bool(_NAMES.fullmatch(name)) and not _OPEN.fullmatch(name)


def is_off(path: str, globs: Sequence[str], root: str = "") -> bool:
    """Return whether the user's `globs`, in the syntax of a .gitignore file, name this path.

    They are anchored at the folder `root` when the path lies in it, else at the root of the file system.
    `path` and `root` are paths or URIs as `is_secret` takes them. A glob that cannot be read names nothing.
    """
    if not globs:
        return False
    plain, base = _plain(path), _plain(root).rstrip("/") + "/"
    inner = plain.removeprefix(base)
    return bool(inner) and _spec(tuple(globs)).match_file(inner.lstrip("/"))


@lru_cache(maxsize=16)
def _spec(globs: tuple[str, ...]) -> GitIgnoreSpec:
    """Return the rules of those globs that can be read."""
    return GitIgnoreSpec.from_lines([glob for glob in globs if _is_readable(glob)])


def _is_readable(glob: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([glob])
    except ValueError:  # What pathspec raises for a lone "!" or a backslash at the end.
        return False
    return True


def _plain(path: str) -> str:
    """Return a path or URI as a path with forward slashes, and without escapes if it was a URI."""
    if scheme := _SCHEME.match(path):
        path = unquote(re.split(r"[?#]", path[scheme.end() :], maxsplit=1)[0])
    return path.replace("\\", "/")


def _any_of(globs: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, globs)))


# Two letters at least: one letter and a colon is a Windows drive.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:(?://)?")
_COPY = re.compile(r"(?:~|\.(?:bak|backup|old|orig|save|swp|swo|tmp))+$")
_NAMES = _any_of(SECRET_NAMES)
_OPEN = _any_of(OPEN_NAMES)
_FOLDERS = re.compile("|".join(f"/{re.escape(folder)}/" for folder in SECRET_FOLDERS))
