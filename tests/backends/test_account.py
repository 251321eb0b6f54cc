"""The messages about an account."""

import json

import pytest

from midfill.backends.account import Balance, balance_in, model_names


def test_lists_of_models_are_read() -> None:
    """The names of models are read from short and long lists, and nothing else is taken for one."""
    assert model_names(
        b'{"object":"list","data":[{"id":"a","object":"model"},{"id":"b","context_window":9}]}'
    ) == [
        "a",
        "b",
    ]
    assert model_names(b'{"data":[]}') == []
    assert model_names(b'{"data":[{"id":""},{"object":"model"},{"id":"a"}]}') == ["a"]
    assert model_names(b"<html>") is None
    assert model_names(b'{"data":[7]}') is None
    assert model_names(b"{}") is None


def test_balance_is_read() -> None:
    """Amounts are kept as the API writes them."""
    body = (
        b'{"is_available":true,"balance_infos":'
        b'[{"currency":"CNY","total_balance":"110.00","granted_balance":"10.00"}]}'
    )
    assert balance_in(body) == Balance(True, (("CNY", "110.00"),))
    assert balance_in(b'{"is_available":false,"balance_infos":[]}') == Balance(False, ())
    assert balance_in(b"{}") is None
    assert balance_in(b"oops") is None


@pytest.mark.parametrize("depth", [990, 2000, 50_000])
def test_deeply_nested_document_is_no_list(depth: int) -> None:
    """Deeply nested brackets are not a list of models."""
    deep = b'{"data":' * depth + b"1" + b"}" * depth
    assert model_names(deep) is None
    assert balance_in(b'{"is_available":' + deep + b"}") is None


@pytest.mark.parametrize("total", ["0", "-1.50", "9" * 15 + "." + "9" * 15])
@pytest.mark.parametrize("currency", ["a", "CNY", "A" * 8])
def test_sound_amount_is_a_balance(currency: str, total: str) -> None:
    """An account may be overdrawn; booleans may be written as text."""
    listed = [{"currency": currency, "total_balance": total}, {"currency": "USD", "total_balance": "1"}]
    found = balance_in(json.dumps({"is_available": "true", "balance_infos": listed}).encode())
    assert found == Balance(True, ((currency, total), ("USD", "1")))


def test_each_amount_has_to_be_sound() -> None:
    """One that is not makes the whole balance unknown."""
    listed = [{"currency": "USD", "total_balance": "1"}, {"currency": "CNY"}]
    assert balance_in(json.dumps({"is_available": True, "balance_infos": listed}).encode()) is None
    assert balance_in(b'{"is_available":true}') == Balance(True, ())


@pytest.mark.parametrize(
    "total",
    [
        "1.",
        ".5",
        "9" * 16,
        "1." + "9" * 16,
        "--1",
        "1.5.2",
        "n/a",
        "1 000",
        "nan",
        "inf",
        "1e999",
        "-inf",
        "",
        "0x10",
        "١٢",
        "9" * 5_000,
    ],
)
def test_invalid_amount_is_no_balance(total: str) -> None:
    """No amount of money: the server reports no balance."""
    listed = [{"currency": "CNY", "total_balance": total}]
    assert balance_in(json.dumps({"is_available": True, "balance_infos": listed}).encode()) is None


@pytest.mark.parametrize("currency", ["\x1b[2J", "US\nD", "x" * 9, "", "U1", "元"])
def test_invalid_currency_is_no_balance(currency: str) -> None:
    """It would end up in messages and in the ledger."""
    listed = [{"currency": currency, "total_balance": "1.00"}]
    assert balance_in(json.dumps({"is_available": True, "balance_infos": listed}).encode()) is None
