"""Secret files and files that are switched off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midfill.core.privacy import is_off, is_secret

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
"""

SHARED = """
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
secrets.py
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
file:///home/me/project/main.py#.env
file:///home/me/project/main.py?x=.env
untitled:Untitled-1
"""


@pytest.mark.parametrize("path", SECRET.split("\n")[1:-1])
def test_secret_files_are_known(path: str) -> None:
    """A file that usually holds secrets is one in every spelling of its path."""
    assert is_secret(path)


@pytest.mark.parametrize("path", ["", *SHARED.split("\n")[1:-1]])
def test_ordinary_files_are_not_secret(path: str) -> None:
    """A name that only resembles a secret file's is no secret."""
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
    """The user's globs mean what they would mean in a .gitignore of the root folder."""
    assert is_off(path, globs, root) is off


@given(st.text(), st.lists(st.text(max_size=12), max_size=3), st.text(max_size=5))
def test_no_path_and_no_glob_raises(path: str, globs: list[str], root: str) -> None:
    """Any text is a path, and any text may stand where a glob should."""
    assert isinstance(is_secret(path), bool)
    assert isinstance(is_off(path, globs, root), bool)


@pytest.mark.parametrize(
    "name",
    ["id_rsa_work", ".dockerconfigjson", "my-secrets.yaml", "pip.conf", "wp-config.php", "env.production",
     ".flaskenv", "vault.yml", "rclone.conf", "passwords.txt", "token.txt", "x-firebase-adminsdk-1.json"],
)  # fmt: skip
def test_settings_with_passwords_are_secret(name: str) -> None:
    """Files in which tools keep a password or a token are not sent; their harmless neighbours are."""
    assert is_secret("/project/" + name)
    assert not any(map(is_secret, [".env.example", "environment.py", "secret_santa.py", "id_rsa_work.pub"]))
