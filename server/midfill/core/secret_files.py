"""Globs of file names that usually hold secrets; they ignore case.

Chosen from Continue's core/indexing/ignore.ts (DEFAULT_SECURITY_IGNORE_FILETYPES), gitrob's core/signatures.go, Zed's
`private_files` and GitHub's gitignore templates. Omitted as too broad: config.json, config.yaml, settings.json,
settings.py, appsettings.json, database.yml, shell profiles, databases, logs and public certificates.
"""

_DATA_ENDINGS = ("json", "yaml", "yml", "toml", "ini", "conf", "cfg", "properties", "txt", "csv", "env")
"""Endings of data files; `secrets.py`, for example, is code, and is read."""


def _with_data_endings(*stems: str) -> tuple[str, ...]:
    return tuple(f"{stem}.{ending}" for stem in stems for ending in _DATA_ENDINGS)


def _with_text_endings(*stems: str) -> tuple[str, ...]:
    return tuple(f"{stem}.{ending}" for stem in stems for ending in ("txt", "csv", "env"))


def _as_suffix(*words: str) -> tuple[str, ...]:
    return tuple(f"*{mark}{word}" for word in words for mark in "._- ")


SECRET_NAMES = (
    # Environments; `SHARED_NAMES` are exceptions.
    *(
        ".env[._-]*",
        "*.env",
        ".envrc",
        ".envrc[._-]*",
        ".renviron",
        ".dev.vars",
        ".flaskenv",
        "env.local",
        "env.prod",
        "env.production",
    ),
    *("env.dev", "env.development", "env.stag*", "env.test"),
    # Private keys, certificates with their keys, vaults.
    *("*.pem", "*.key", "*.keypair", "*.p8", "*.p12", "*.pfx", "*.pkcs12", "*.jks", "*.keystore", "*.keytab"),
    *("*.truststore", "*.publishsettings", "*.jceks", "*.bcfks", "*.bks", "*.snk", "*.pvk", "secring.*"),
    *("ssh_host_*_key", "utc--*"),
    *("*_rsa", "*_dsa", "*_ecdsa", "*_ed25519", "id_rsa[._-]*", "id_dsa[._-]*", "id_ecdsa[._-]*"),
    *(
        "id_ed25519[._-]*",
        "id_xmss",
        "*.ppk",
        "*.gpg",
        "*.pgp",
        "*.asc",
        "*.ovpn",
        "*.kdb",
    ),
    *(
        "*.kdbx",
        "*.psafe3",
        "*.agilekeychain",
        "*.keychain",
        "*.kwallet",
        "wallet.dat",
        "*.bek",
        "*.tpm",
        "*.fve",
    ),
    # Credentials of tools.
    *("credentials", ".credentials*", "credentials.*", "credentials[_-]*.json", "credential.json"),
    *_as_suffix("credentials", "credentials.json", "credentials.csv"),
    *(
        "accesskeys.csv",
        *_as_suffix("accesskeys.csv"),
        "rootkey.csv",
        "key.json",
        "keyfile.json",
        "kaggle.json",
    ),
    *(
        ".yarnrc.yml",
        ".yarnrc",
        ".curlrc",
        ".wgetrc",
        ".sentryclirc",
        ".clasprc.json",
        ".wakatime.cfg",
        "ngrok.yml",
    ),
    *(".cvspass", ".fetchmailrc", ".offlineimaprc", ".mbsyncrc", "*.tfrc", "*.tfrc.json", "cookies.txt"),
    *("cookies.sqlite", "logins.json", "local.properties", "settings-security.xml"),
    *(".npmrc", ".netrc", "_netrc", ".pypirc", ".pgpass", "pgpass.conf", ".my.cnf"),
    *(
        ".mylogin.cnf",
        "*.htpasswd",
        "htpasswd",
        ".dockercfg",
        "*.dockerconfigjson",
        ".boto",
        ".s3cfg",
    ),
    *(".passwd-s3fs", ".muttrc", ".msmtprc", ".authinfo", ".terraformrc", "terraform.rc"),
    *(
        ".vault_pass*",
        "vault_pass*",
        "auth.json",
        "key.properties",
        "keystore.properties",
        "gradle.properties",
    ),
    *(
        "kube.config",
        "kubeconfig",
        "kubeconfig.conf",
        "kubeconfig.y*ml",
        "kubeconfig[_-]*",
        "*[._-]kubeconfig",
    ),
    *("*[._-]kubeconfig.y*ml", "client_secret*.json", "*service[_-]account*.json", "*serviceaccount*.json"),
    *(
        "gcp[_-]key*.json",
        "*[_-]gcp[_-]key*.json",
        "gha-creds-*.json",
        "*firebase[_-]admin*.json",
        "local.settings.json",
        "appsettings.*.json",
    ),
    *("sftp.json", "sftp-config.json", ".ftpconfig", "filezilla.xml", "recentservers.xml", "rclone.conf"),
    *(
        "pip.conf",
        "pip.ini",
        "wp-config.php",
        "wp-config-local.php",
        "wp-config.*.php",
        "wg[0-9]*.conf",
        "wireguard*.conf",
        ".databrickscfg",
    ),
    # Infrastructure state, and files named "secret".
    *("*.tfstate*", "*.tfvars", "*.tfvars.json", "*.secret", "*.secrets", "*.token"),
    *("*[_-]secret", "*[_-]token", "secret_key", "*[._-]secret_key", "secret_key_base"),
    *(
        "secret_token.rb",
        "secrets.*",
        "arduino_secrets.h",
    ),  # Microcontroller projects keep theirs in source files.
    *_with_data_endings(
        "secret", *_as_suffix("secret", "secrets"), "secrets[._-]*", "secret_key", "secret-key"
    ),
    *_with_data_endings(
        "vault",
        "password",
        "passwords",
        *_as_suffix("vault", "passwords"),
        "passwd",
        "private_key",
        "private-key",
    ),
    *_with_data_endings(
        "*api_key", "*api-key", "*apikey", "*api_keys", "*api-keys", "*apikeys", "privatekey"
    ),
    *("*api_key", "*api-key", "*apikey", "*api_keys", "*api-keys", "*apikeys", "private_key", "private-key"),
    *_with_text_endings(
        *_as_suffix("password", "passwd", "token", "private_key"), "token", "tokens", "logins", "mnemonic"
    ),
    *_with_text_endings("*seedphrase", "*seed[_-]phrase", "*recovery[_-]codes"),
    *("key.txt", "keys.txt", *_as_suffix("key.txt", "keys.txt")),
    *(".passwd", "password", "passwords", "passwords.xls*", "master.passwd"),
    *_as_suffix("password", "passwords"),
    *("token.json", "*access[_-]token*.json", "*refresh[_-]token*.json", "*auth[_-]token*.json"),
    *(
        "1password*.csv",
        "lastpass*.csv",
        "bitwarden*.csv",
        "bitwarden*.json",
        "dashlane*.csv",
        "keepass*.csv",
    ),
    # Histories of commands.
    *(".*_history", ".*_history-*", ".histfile", ".zhistory", "fish_history", "consolehost_history.txt"),
    *(".lesshst", ".viminfo"),
)

SECRET_FOLDERS = (
    *(".aws", ".azure", ".gcp", ".gcloud", ".config/gcloud", ".config/gh", ".kube", ".ssh", ".gnupg", ".oci"),
    *(".password-store", ".secrets", "run/secrets", ".docker/config.json"),
    *(".m2/settings.xml", "etc/wireguard", ".config/rclone", ".snowsql"),
    *(
        ".config/hub",
        ".config/doctl",
        ".dbt/profiles.yml",
        ".bundle/config",
        ".snowflake",
        ".envs",
        ".mc/config.json",
    ),
    *(
        ".subversion/auth",
        ".config/configstore",
        ".fly/config.yml",
        "huggingface/token",
        "etc/shadow",
        "etc/gshadow",
    ),
    *("etc/kubernetes/admin.conf", ".jupyter/jupyter_server_config.json"),
)
"""Folders (and files named by their folder) whose whole content is excluded."""

_SHARED_WORDS = ("example", "sample", "template", "dist")

SHARED_NAMES = (
    *(f".env[._-]{word}" for word in _SHARED_WORDS),
    *(f"*.{word}" for word in _SHARED_WORDS),
    *(f"{word}.env" for word in _SHARED_WORDS),
    *_with_data_endings(*_as_suffix(*_SHARED_WORDS)),
    "wp-config-sample.php",
    "id_*.pub",  # A public key.
    "*public[_-]key*",
    *(f"*{word}[_-]password*" for word in ("reset", "forgot", "change")),  # Templates of messages.
)
"""Names meant to be shared, which are allowed although they resemble secret ones."""

COPY_SUFFIXES = (
    # Copies by editors and the system: `.env~`, `.env.swp`, `.env.~3~`, `.env.dpkg-old`, `.env___jb_tmp___`.
    r"~|\.un|\.~\d{1,4}|\.sw[a-z]|___jb_(?:tmp|old)___|\.(?:dpkg|ucf|rpm)-?(?:old|new|dist|save|orig|bak)",
    # Copies by people: `.env.bak`, `.env-old`, `.env.2024-11-02`.
    r"[._-](?:bak|bac|bck|bk|bkp|backup|old|orig|original|rej|saved?|tmp|temp|copy|prev|previous|new)\d?",
    r"[._-]\d{4}-?\d\d-?\d\d|\.\d{1,3}",
)
"""Regular expressions of the suffixes of copies."""

_COPY_WORD = "(?:copy|kopie|copia|copie|副本)"

SPACED_COPY_SUFFIX = (
    # `.env copy 2`, `.env - Copy (2)`, `.env (1)`, `.env (another copy)`; German, Spanish and French, Chinese.
    rf" \(\d{{1,3}}\)|(?: -)? {_COPY_WORD}(?: \d{{1,3}})?| \((?:[a-z0-9]{{1,8}} )?{_COPY_WORD}\)"
)
"""The same with a space, also before the name's own ending: `secrets (1).yaml`."""

COPY_PREFIXES = (
    # Emacs' `#.env#` and `.#.env`, `~$`, macOS' `._.env`; `%home%me%.env` in backup folders.
    r"\.?#|~\$|\._|.*[%!]",
    rf"{_COPY_WORD}(?: \(\d{{1,3}}\))? (?:of|von|de) ",
)
"""Regular expressions of the prefixes of copies."""
