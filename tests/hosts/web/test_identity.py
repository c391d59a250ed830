"""The token and the certificate: made once, private, good for one host, renewed in time."""

import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from haircut.errors import HostRefused
from haircut.hosts.web import certificate
from haircut.hosts.web.certificate import VALID, certify, in_force
from haircut.hosts.web.identity import identity


def test_it_is_made_once_and_read_by_its_owner_alone(tmp_path):
    folder = tmp_path / "new" / "web"
    first, second = identity(folder, "localhost"), identity(folder, "localhost")
    assert first == second
    assert len(first.token) == 43
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {p.name: stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()} == dict.fromkeys(
        ("token", "localhost.pem", "localhost.key"), 0o600
    )


def test_two_installations_have_two_tokens(tmp_path):
    assert identity(tmp_path / "a", "localhost").token != identity(tmp_path / "b", "localhost").token


@pytest.mark.parametrize(
    ("host", "names"), [("localhost", [x509.DNSName("localhost")]), ("mac.lan", [x509.DNSName("mac.lan")])]
)
def test_the_certificate_is_good_for_its_host_and_signs_nothing(host, names):
    held = x509.load_pem_x509_certificate(certify(host)[1])
    assert list(held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value) == names
    assert held.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    usage = held.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature and not usage.key_cert_sign and not usage.crl_sign
    assert isinstance(held.public_key(), ec.EllipticCurvePublicKey)
    assert held.not_valid_after_utc - held.not_valid_before_utc <= timedelta(days=398)


def test_an_address_is_named_as_one():
    held = x509.load_pem_x509_certificate(certify("192.168.1.7")[1])
    names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert str(names.get_values_for_type(x509.IPAddress)[0]) == "192.168.1.7"


def test_a_certificate_near_its_end_is_renewed(tmp_path, monkeypatch):
    first = identity(tmp_path, "localhost").certificate.read_bytes()
    monkeypatch.setattr(certificate, "datetime", later(VALID - timedelta(days=13)))
    assert not in_force(first)
    assert identity(tmp_path, "localhost").certificate.read_bytes() != first


def later(by):
    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + by

    assert Later.now(UTC) > datetime.now(UTC)
    return Later


@pytest.mark.parametrize("host", ["", "0.0.0.0", "a b", "-x", "::1", "../x", "x/y", "a" * 65])
def test_a_host_that_excel_cannot_ask_for_is_refused(tmp_path, host):
    with pytest.raises(HostRefused, match="give this machine's name"):
        identity(tmp_path, host)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_token_or_no_certificate_is_refused_by_its_path(tmp_path):
    identity(tmp_path, "localhost")
    (tmp_path / "localhost.pem").write_text("no certificate")
    with pytest.raises(HostRefused, match=r"localhost\.pem: holds no certificate; delete it"):
        identity(tmp_path, "localhost")
    (tmp_path / "token").write_text("")
    with pytest.raises(HostRefused, match="token: holds no token; delete it"):
        identity(tmp_path, "localhost")


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(HostRefused, match="taken/web: cannot be used"):
        identity(tmp_path / "taken" / "web", "localhost")
