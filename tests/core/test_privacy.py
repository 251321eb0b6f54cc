"""Secret files and files that are switched off."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core.globs import is_glob
from midfill.core.privacy import is_excluded, is_secret
from tests.cost import cost

SECRET = """
.env
project/.env
project/.env.local
project/.env.production
project/.ENV
.env.bak
production.env
.envrc
.dev.vars
deploy/server.pem
deploy/server.key
deploy/server.key.bak
C:\\Users\\me\\project\\.env
C:\\Users\\me\\.ssh\\config
/home/me/.ssh/known_hosts
/home/me/.ssh/id_rsa.pub
keys/id_rsa
keys/id_ed25519
keys/id_ed25519~
keys/deploy_rsa
AuthKey_1.p8
/home/me/.aws/config
/home/me/.gnupg/trustdb
/home/me/.kube/config
/home/me/.docker/config.json
/home/me/.config/gh/hosts.yml
/run/secrets/token
.npmrc
.netrc
_netrc
.pypirc
.git-credentials
credentials
credentials.json
application_default_credentials.json
client_secret_12.json
service-account.json
kubeconfig
staging.kubeconfig
infra/terraform.tfstate
infra/terraform.tfstate.backup
infra/prod.tfvars
passwords.kdbx
secrets.yaml
secrets.prod.yml
secrets.json
.bash_history
file:///home/me/project/.env
file:///home/me/project/%2Eenv
file:///c%3A/Users/me/project/.env.local
file:///home/me/my%20keys/id%5Frsa
vscode-remote://ssh-remote%2Bhost/home/me/.env
vscode-notebook-cell:/home/me/.aws/x.ipynb#ch0
untitled:.env
ssh_host_ed25519_key
settings-security.xml
local.properties
wp-config.bak.php
kube.config
wireguard.conf
vault-password.txt
db_password.txt
root_password
.passwd
passwd.txt
passwords.xlsx
Chrome Passwords.csv
/etc/shadow
master.passwd
htpasswd
logins.json
lastpass_export.csv
bitwarden_export.json
1password.csv
mnemonic.txt
seed-phrase.txt
auth_token
.github_token
github-token.txt
refresh_token.json
access_tokens.json
.openai_api_key
openai_api_key.txt
deepseek_key.txt
api_keys.json
apikeys.yaml
keys.txt
key.json
keyfile.json
private_key.txt
rootkey.csv
me_accessKeys.csv
new_user_credentials.csv
aws_credentials
.yarnrc.yml
.curlrc
.wgetrc
.sentryclirc
.clasprc.json
.wakatime.cfg
ngrok.yml
kaggle.json
cookies.txt
/home/me/.terraform.d/credentials.tfrc.json
/home/me/project/.bundle/config
/home/me/.snowflake/connections.toml
/home/me/project/.envs/.production/.postgres
/home/me/.subversion/auth/svn.simple/1a
/home/me/.config/configstore/firebase-tools.json
/home/me/.cache/huggingface/token
/etc/kubernetes/admin.conf
firebase-admin-key.json
keystore/UTC--2020-01-01T00-00-00.000Z--abc
app.snk
ca.jceks
secret_key_base
.secret_key
client_secret
id_rsa_work
id_rsa.work
keys/id_ecdsa-github
.dockerconfigjson
registry.dockerconfigjson
my-secrets.yaml
db-secret.yml
app_secrets.json
secrets-prod.yaml
pip.conf
pip.ini
gradle.properties
/home/me/.m2/settings.xml
/home/me/.m2/settings-security.xml
wp-config.php
env.production
env.local
.flaskenv
vault.yml
group_vars/all_vault.yaml
vault_pass.txt
/home/me/.kube//config
/home/me/.config/./gh/hosts.yml
kubeconfig-prod
prod-kubeconfig.yaml
/etc/wireguard/peer.conf
wg0.conf
rclone.conf
passwords.txt
passwords.csv
token.txt
token.json
api_key.txt
my-app-firebase-adminsdk-1a2b3c.json
firebase-adminsdk.json
appsettings.Development.json
prod.auto.tfvars
terraform.tfstate-old
.htpasswd
admin.htpasswd
my-service-account-key.json
config/master.key
.vault-token
/home/me/.local/share/fish/fish_history
ConsoleHost_history.txt
.zhistory
.lesshst
.viminfo
.env~
.env.swp
.env.swo
.env.svn
.env.orig
.env.rej
.env.~3~
.env.un~
.env.dpkg-old
#.env#
.#.env
._.env
.env copy
.env copy 2
.env - Copy
.env - Copy (2)
.env (1)
.env (copy)
.env (another copy)
.env - 副本
.env___jb_tmp___
Copy of .env
Copy (2) of .env
Kopie von .env
.id_rsa.swp
.credentials.json.swp
.secrets.yaml.un~
secrets.yaml.bak
secrets copy.yaml
secrets (1).yaml
credentials (1).json
credentials - Copy.json
passwords copy 2.txt
server.pem.2024-11-02
pgpass.conf.bak
.netrc-old
.npmrc_backup
.pypirc.save~
wp-config.php.bak
%home%me%project%.netrc
!home!me!.netrc~
C:\\project\\.npmrc.
C:\\project\\.npmrc::$DATA
.ENV.BAK
.ſſh/config
file:///home/me/my#project/.env
file:///home/me/why?/.env
file:///home/me/.env#fragment
file:///home/me/.env?query
file:///home/me/a.py#.env
file:///home/me/my%20project/%23.env%23
vscode-notebook-cell:/home/me/a?b/.ssh/x.ipynb#W0
.env.staging
.env-prod
.envrc.local
.Renviron
id_dsa
id_ecdsa_sk
id_xmss
bundle.p12
ca.truststore
terraform.tfstate.d/prod/terraform.tfstate
prod.tfvars.json
.pgpass
serviceAccountKey.json
deploy/service_account.prod.json
gcp-key.json
my-gcp_key-2.json
.dockercfg
.docker/config.json.bak
secrets.py
secrets.h
arduino_secrets.h
secrets.toml
.zsh_history
.python_history
.psql_history
.node_repl_history
git:/home/me/project/.env?%7B%22path%22%3A%22%2Fhome%2Fme%2Fproject%2F.env%22%2C%22ref%22%3A%22~%22%7D
gitlens://a1b2/home/me/project/secrets.yaml
fugitive:///home/me/project/.git//0/.env
diffview:///home/me/project/.git/:0:/.env.local
vscode-local-history:/home/me/project/.env
untitled:/home/me/project/.npmrc
"""

SHARED = """
public_key.txt
reset_password.txt
forgot-password.txt
secretary.py
token_count.py
tokenize
keyboard.txt
monkey.txt
turkey.csv
keymap.json
apikey.ts
api_key.py
passwordless.md
mnemonic.py
seed.txt
seeds.csv
credential_store.py
envoy.yaml
logins.py
cookies.ts
local.py
kaggle.py
shadow.css
identity.ts
environment.py
src/env.py
src/environment/prod.ts
.environment
keyboard.py
monkey.py
key.py
keys/readme.md
key
tokenizer.json
token.go
tokens.py
settings.json
settings.py
config.json
appsettings.json
package.json
secret.rs
src/secrets/vault.py
credentials_test.go
aws/client.py
ssh/client.go
docker/config.json
.env.example
.env.sample
.env.template
.env_example
.env.dist
terraform.tfvars.example
id_rsa.pub
rsa.py
test_rsa.py
history.py
main.tf
env
C:\\Users\\me\\project\\main.py
C:
file:///home/me/project/main.py#top
file:///home/me/project/main.py?x=1
file:///home/me/c#/main.py
.env-sample
.env.example.bak
.env.local.example
example.env
secrets.example.yaml
credentials.sample.json
appsettings.Example.json
wp-config-sample.php
secret_santa.py
tokenizer.py
passwords.py
passwords.md
passwords.php
src/vault.php
wp-config-loader.php
res/layout/password.xml
id_generator.py
vaults.md
vault.py
env.ts
env.d.ts
secrets-operator.md
tokens.json
kubeconfig.go
wg.py
copy.py
main copy.py
Copy of main.py
main.py~
#main.py#
.main.py.swp
settings.xml
nginx.conf
environment.production.ts
gradle.kts
history.txt
token_test.go
untitled:Untitled-1
"""


@pytest.mark.parametrize("path", SECRET.split("\n")[1:-1])
def test_secret_files_are_detected(path: str) -> None:
    """A secret file is recognized in every spelling of its path."""
    assert is_secret(path)


@pytest.mark.parametrize(
    "path",
    [
        'git:/x/a.py?{"path":"/x/.env","ref":"~"}',
        "git:/x/a.py?%7B%22path%22%3A%22%2Fx%2Fid_rsa%22%2C%22ref%22%3A%22~%22%7D",
        'review:/x/a?{"fileName":".env"}',
        "gitfs:/repo?path=config/secrets.yml&ref=HEAD",
        "gitsigns:///x/.git//:0:id_rsa",
        "gitsigns:///x/.git//HEAD:config/master.key",
        "git-show:HEAD:id_rsa",
        "zipfile:///a.zip::id_rsa",
        "docker:/container:.netrc",
        "/ssh:host:id_rsa",
        "file:///x/%252Eenv",
        "file:///x/%2525%32Eenv",
        "file:///x/.e%E2%80%8Bnv",
        "/x/.e\u200cnv",
        "/x/id_\u2060rsa",
        "/x/\uff0eenv",
        "/x/\uff49d_rsa",
        "/x/\u017fecrets.yaml",
        "/x/.env:stream",
        "/x/id_rsa:stream:$DATA",
        "/x/id_rsa::$DATA",
        "/x/.env;v=1",
        "/x/.env/",
        "/x/.env/.",
        "/x/.env//",
        "/x/.env\n",
        "/x/.env\0",
        "/x/.ssh/../.ssh/config",
    ],
)
def test_secret_files_in_other_spellings(path: str) -> None:
    """Views of a version, archives, other machines, streams, escapes, and characters that file systems ignore."""
    assert is_secret(path)


@pytest.mark.parametrize("path", ["", *SHARED.split("\n")[1:-1]])
def test_ordinary_files_are_not_secret(path: str) -> None:
    """Some names only resemble that of a secret file."""
    assert not is_secret(path)


@pytest.mark.parametrize(
    ("path", "globs", "root", "off"),
    [
        ("/w/src/a.py", [], "", False),
        ("/w/src/a.py", ["*.py"], "", True),
        ("/w/src/a.py", ["*.js"], "", False),
        ("/w/src/a.py", ["src/"], "/w", True),
        ("/w/src/a.py", ["/src"], "/w", True),
        ("/w/src/a.py", ["/src"], "/w/", True),
        ("/w/src/a.py", ["/a.py"], "/w", False),
        ("/w/src/a.py", ["/src"], "/wider", False),
        ("/w/private/a.py", ["private/**"], "", True),
        ("/w/private/a.py", ["private/**"], "/elsewhere", True),
        ("/w/private/deep/a.py", ["private/*/a.py"], "", True),
        ("/w/private/a.py", ["/w/private/"], "", True),
        ("/w/private/a.py", ["private/**", "!private/a.py"], "", False),
        ("/w/private/a.py", ["\\!private/**", "#private/**"], "", False),
        ("/w/x/private/a.py", ["private/**"], "/w", False),
        ("/w/public/a.py", ["private/**"], "", False),
        ("file:///w/pri#vate/a.py", ["pri#vate/**"], "/w", True),
        ("file:///w/pri#vate/a.py", ["a.py"], "", True),
        ("/w/src/a.py", ["**/src/*.py", "!a.py"], "/w", False),
        ("/w/src/a.py", ["# src/", ""], "/w", False),
        ("/w/src/a.py", ["!", "bad\\", "*.py"], "/w", True),
        ("file:///w/my%20src/a.py", ["my src/"], "file:///w", True),
        ("C:\\w\\src\\a.py", ["src/*.py"], "C:\\w", True),
        ("file:///c%3A/w/src/a.py", ["/src/*.py"], "file:///c%3A/w", True),
        ("/w", ["*"], "/w/", True),
        ("", ["*"], "", False),
    ],
)
def test_user_globs_follow_gitignore(path: str, globs: list[str], root: str, off: bool) -> None:
    """The user's globs have their meaning in a .gitignore of the root folder."""
    assert is_excluded(path, globs, root) is off


@pytest.mark.parametrize(
    ("path", "glob", "root"),
    [
        ("/w/private/a.py", "./private/**", "/w"),
        ("/w/private/a.py", "/w/private/**", "/w"),
        ("/w/private/a.py", "/w/private", "/w"),
        ("/home/u/private/a", "~/private/**", "/home/u"),
        ("/home/u/private/a", "~/private/**", ""),
        ("/w/private/a.py", "private\\**", "/w"),
        ("/w/private/a.py", "private\\a.py", "/w"),
        ("file:///c%3A/w/private/a.py", "C:\\w\\private\\**", "file:///c%3A/w"),
        ("C:\\w\\private\\a.py", "c:/w/private/**", "C:\\w"),
        ("C:\\w\\private\\a.py", "c:/w/private/**", ""),
        ("/w/private/a.py", "Private/**", "/w"),
        ("/w/PRIVATE/a.py", "private/**", ""),
        ("/w/private/a.py", "private//**", "/w"),
        ("/w/cafe\u0301/a.py", "caf\u00e9/**", "/w"),
        ("/w/pages/[id]/a.ts", "pages/[id]/**", "/w"),
        ("/w/pages/[...all]/a.ts", "[...all]", "/w"),
        ("git:/w/private/a.py?x", "./private", "/w"),
    ],
)
def test_globs_as_people_write_them(path: str, glob: str, root: str) -> None:
    """Git reads them otherwise, and would exclude nothing."""
    assert is_excluded(path, [glob], root)
    assert is_glob(glob)


@pytest.mark.parametrize("glob", ["./private/**", "private\\**", "private//**"])
def test_an_exception_may_be_written_as_its_rule(glob: str) -> None:
    """With the marks of paths that git does not know."""
    globs = [glob, "!" + glob.replace("**", "ok.py")]
    assert is_excluded("/w/private/a.py", globs, "/w")
    assert not is_excluded("/w/private/ok.py", globs, "/w")


def test_an_exception_opens_no_more_than_git_would() -> None:
    """A pattern with `!` opens a file only if both readings agree."""
    assert is_excluded("/w/keep.py", ["*.py", "!Keep.py"], "/w")
    assert not is_excluded("/w/Keep.py", ["*.py", "!Keep.py"], "/w")
    assert is_excluded("/w/a/keep.py", ["*.py", "!/w/a/keep.py"], "/w")


@pytest.mark.parametrize(
    "glob",
    ["", " ", "!", "#private", "# x", " private/**", "private\\", "[private", "{a,b}/**", "*.{py,go}", "../x/**",
     "a/../b", "file:///w/x", "\tprivate"],
)  # fmt: skip
def test_invalid_glob(glob: str) -> None:
    """It would exclude nothing, or something else than its author means."""
    assert not is_glob(glob)


@given(st.text(), st.lists(st.text(max_size=12), max_size=3), st.text(max_size=5))
def test_any_path_and_glob_is_accepted(path: str, globs: list[str], root: str) -> None:
    """Any text is accepted as a path and as a glob."""
    assert isinstance(is_secret(path), bool)
    assert isinstance(is_excluded(path, globs, root), bool)


@pytest.mark.parametrize(
    "glob",
    [
        "*a" * 20 + "*b",
        "**/" * 20 + "b",
        "**/a/" * 15 + "b",
        "a*" * 30 + "/b",
        "/" + "*a" * 20 + "b",
        "***a" * 20,
    ],
)
def test_glob_of_many_stars_is_fast(glob: str) -> None:
    """A glob of many stars took minutes for one path, so it is matched more widely and excludes more."""
    for path in ("/w/" + "a" * 200 + ".py", "/w/" + "a/" * 100 + "c.py"):
        assert not is_excluded(path, ["!" + glob], "/w")
        for root in ("/w", ""):
            assert cost(partial(is_excluded, path, [glob], root)) < 20


def test_glob_of_many_stars_still_excludes() -> None:
    """Matched more widely it excludes these and more; with `!` it matches nothing."""
    assert is_excluded("/w/xaybzc.py", ["x*y*z*.*"], "/w")
    assert is_excluded("/w/1a2b3c4d5.py", ["*a*b*c*d*.py"], "/w")
    assert is_excluded("/w/a/b/c/d/e.py", ["a/**/b/**/d/**/e.py"], "/w")
    assert not is_excluded("/w/1a2b3c4d5.js", ["*a*b*c*d*.py"], "/w")
    assert is_excluded("/w/1a2b3c4d5.py", ["*.py", "!*a*b*c*d*.py"], "/w")


def test_long_name_is_checked_quickly() -> None:
    """An overlong name is checked quickly."""
    for part in (
        ":",
        ";",
        "?a=",
        "a:b",
        "%25",
        "\u200b",
        "\uff0e",
        "?#",
        '"',
        "~",
        " copy",
        ".bak",
        "#",
        " (1)",
        "%",
        "!",
        "copy of ",
        ".",
        "a",
        "/",
        "./",
        "*_",
    ):
        assert cost(partial(is_secret, part * 200_000)) < 20
        assert cost(partial(is_secret, part * 200_000 + "x")) < 20
