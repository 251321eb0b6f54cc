"""Each kind of file that is never sent, with a name that only its own rule matches."""

from fnmatch import filter as filter_names

import pytest

from midfill.core.privacy import is_secret
from midfill.core.secret_files import SECRET_NAMES

DATA = ("json", "yaml", "yml", "toml", "ini", "conf", "cfg", "properties", "txt", "csv", "env")

NAMES = {
    "environments": """.env .env.x .env_x .env-x x.env .envrc .envrc.x .renviron .dev.vars .flaskenv env.local env.prod
        env.production env.dev env.development env.staging env.stage env.test""",
    "keys": """a.pem a.key a.keypair a.p8 a.p12 a.pfx a.pkcs12 a.jks a.keystore a.keytab a.truststore a.publishsettings
        a.jceks a.bcfks a.bks a.snk a.pvk secring.skr ssh_host_ed25519_key utc--2026-01-01t00--abc
        a_rsa a_dsa a_ecdsa a_ed25519 id_rsa id_rsa.x id_dsa_x id_ecdsa-x id_ed25519.x id_ecdsa_sk id_ed25519_sk id_xmss
        a.ppk a.gpg a.pgp a.asc a.ovpn""",
    "vaults": """a.kdb a.kdbx a.psafe3 a.agilekeychain a.keychain a.kwallet wallet.dat a.bek a.tpm a.fve .vault_pass
        .vault_pass.py vault_pass.py .vault-token""",
    "credentials of tools": """credentials .credentials .credentials-1.db credentials.db a-credentials.json
        a_credentials.json .git-credentials .npmrc .netrc _netrc .pypirc .pgpass pgpass.conf .my.cnf .mylogin.cnf
        .htpasswd a.htpasswd .dockercfg .dockerconfigjson a.dockerconfigjson .boto .s3cfg .passwd-s3fs .muttrc .msmtprc
        .authinfo .terraformrc terraform.rc auth.json key.properties keystore.properties gradle.properties sftp.json
        sftp-config.json .ftpconfig filezilla.xml recentservers.xml rclone.conf .rclone.conf pip.conf pip.ini
        wp-config.php wp-config-local.php wp-config.live.php wg0.conf wg12.conf wireguard-home.conf .databrickscfg
        credentials_1.json credentials-1.json credential.json accesskeys.csv rootkey.csv key.json keyfile.json
        kaggle.json .yarnrc.yml .yarnrc .curlrc .wgetrc .sentryclirc .clasprc.json .wakatime.cfg ngrok.yml .cvspass
        .fetchmailrc .offlineimaprc .mbsyncrc a.tfrc a.tfrc.json cookies.txt cookies.sqlite logins.json local.properties
        settings-security.xml htpasswd""",
    "the cloud": """kube.config
        kubeconfig kubeconfig.conf kubeconfig.yaml kubeconfig.yml kubeconfig-x kubeconfig_x a.kubeconfig
        a-kubeconfig a_kubeconfig a-kubeconfig.yaml a.kubeconfig.yml client_secret_1.json a-service-account-1.json
        a_service_account.json myserviceaccount1.json gcp-key-1.json gcp_key.json a-gcp-key.json a_gcp_key1.json
        gha-creds-1.json a-firebase-adminsdk-1.json local.settings.json appsettings.production.json a.tfstate
        a.tfstate.1.lock a.tfvars a.tfvars.json""",
    "secrets": """a.secret a.secrets .secret .secrets secrets.py a.token .token secret_token.rb arduino_secrets.h
        a_secret a-secret a_token a-token secret_key a.secret_key a-secret_key a_secret_key secret_key_base token.json
        myaccess-token1.json myrefresh_token1.json myauth-token1.json""",
    "keys and passwords": """my_api_key my_api-key myapikey my_api_keys my_api-keys myapikeys private_key private-key
        key.txt keys.txt .password .passwords .passwd password passwords passwords.xlsx master.passwd 1password-1.csv
        lastpass-1.csv bitwarden-1.csv bitwarden-1.json dashlane-1.csv keepass-1.csv""",
    "histories": """.bash_history .zsh_history .bash_history-1 .histfile .zhistory fish_history consolehost_history.txt
        .lesshst .viminfo""",
}
FOLDERS = """.aws .azure .gcp .gcloud .config/gcloud .config/gh .kube .ssh .gnupg .oci .password-store .secrets
    run/secrets etc/wireguard .config/rclone .snowsql .config/hub .config/doctl .snowflake .envs .subversion/auth
    .config/configstore"""
IN_FOLDERS = """.docker/config.json .m2/settings.xml .dbt/profiles.yml .bundle/config .mc/config.json .fly/config.yml
    huggingface/token etc/shadow etc/gshadow etc/kubernetes/admin.conf .jupyter/jupyter_server_config.json"""
MARKS = "._- "
SUFFIXES = (
    """credentials credentials.json credentials.csv accesskeys.csv key.txt keys.txt password passwords"""
)
"""What a name ends with, after a mark."""
STEMS = [
    *(f"a{mark}{word}" for mark in MARKS for word in ("secret", "secrets", "vault", "passwords")),
    *(f"secrets{mark}a" for mark in "._-"),
    *("secret", "secrets", "secret_key", "secret-key", "vault", "password", "passwords", "passwd"),
    *("private_key", "private-key", "privatekey"),
    *("my_api_key", "my_api-key", "myapikey", "my_api_keys", "my_api-keys", "myapikeys"),
]
"""Names of secret files in each data format."""
TEXT = ("txt", "csv", "env")
TEXT_STEMS = [
    *(f"a{mark}{word}" for mark in MARKS for word in ("password", "passwd", "token", "private_key")),
    *("token", "tokens", "logins", "mnemonic", "myseedphrase", "my-seed_phrase", "my-seed-phrase"),
    *("my-recovery_codes", "my-recovery-codes"),
]
"""Names of secret files in each format of text."""
SHARED = ("example", "sample", "template", "dist")


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, id=f"{kind}: {name}") for kind, names in NAMES.items() for name in names.split()],
)
def test_file_that_usually_has_secrets_is_secret(name: str) -> None:
    """Its copies, and its name in capitals, are secret, too."""
    for path in (name, f"/home/me/{name}", name.upper(), f"{name}.bak", f"{name}~"):
        assert is_secret(path)


@pytest.mark.parametrize("folder", FOLDERS.split())
def test_every_file_in_a_secret_folder_is_secret(folder: str) -> None:
    """This includes nested files; a folder whose name only ends the same is another one."""
    assert is_secret(f"/home/me/{folder}/a.rs")
    assert is_secret(f"{folder}/deep/a.rs")
    assert not is_secret(f"/home/me/my{folder}/a.rs")
    assert not is_secret(f"/home/me/{folder}s/a.rs")


@pytest.mark.parametrize("path", IN_FOLDERS.split())
def test_some_files_are_secret_only_in_their_folder(path: str) -> None:
    """The same names elsewhere are ordinary."""
    assert is_secret(f"/home/me/{path}")
    name = path.rpartition("/")[2]
    assert not is_secret(f"/home/me/x/{name}")


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("ending", DATA)
def test_data_file_with_a_secret_name_is_secret(stem: str, ending: str) -> None:
    """This holds for each data format; with the extension of a program the name is code, except `secrets.`."""
    assert is_secret(f"{stem}.{ending}")
    assert is_secret(f"{stem}.rs") is (stem == "secrets" or stem.startswith("secrets."))


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("suffix", SUFFIXES.split())
def test_name_with_a_secret_suffix_is_secret(mark: str, suffix: str) -> None:
    """A mark is before it; the same letters within a word are another name."""
    assert is_secret(f"me{mark}{suffix}")
    assert not is_secret(f"me{suffix}")


@pytest.mark.parametrize("stem", TEXT_STEMS)
@pytest.mark.parametrize("ending", TEXT)
def test_text_with_a_secret_name_is_secret(stem: str, ending: str) -> None:
    """A program with this name is code."""
    assert is_secret(f"{stem}.{ending}")
    assert not is_secret(f"{stem}.rs")


def test_each_rule_has_a_name_in_these_tables() -> None:
    """A rule without a name here could be lost without notice."""
    plain = [name for names in NAMES.values() for name in names.split()]
    families = [
        f"{stem}.{ending}"
        for stems, endings in ((STEMS, DATA), (TEXT_STEMS, TEXT))
        for stem in stems
        for ending in endings
    ]
    suffixed = [f"me{mark}{suffix}" for mark in MARKS for suffix in SUFFIXES.split()]
    names = [*plain, *families, *suffixed]
    assert [glob for glob in SECRET_NAMES if not filter_names(names, glob)] == []


@pytest.mark.parametrize("word", SHARED)
def test_templates_are_not_secret(word: str) -> None:
    """A template in a project has no secret."""
    for mark in "._-":
        assert not is_secret(f".env{mark}{word}")
        assert not any(is_secret(f"secrets{mark}{word}.{ending}") for ending in DATA)
    assert not any(is_secret(f"{name}.{word}") for name in ("secrets", "credentials", ".env.local"))
    assert not is_secret(f"{word}.env")
    assert is_secret(f"secrets.{word}.py")
    assert is_secret(f".env.{word}2")


@pytest.mark.parametrize(
    "name",
    [
        "wp-config-sample.php",
        "id_rsa.pub",
        "id_ed25519.pub",
        "id_dsa.pub",
        "my_public_key.pem",
        "public-key.asc",
    ],
)
def test_public_keys_are_not_secret(name: str) -> None:
    """The public key of a pair, and WordPress' sample, are not secret outside of a secret folder."""
    assert not is_secret(name)
    assert is_secret(f".ssh/{name}")
