"""Against a real SMTP server: each fault, what the ledger says, what the operator is told, and never two mails."""

import pytest

from digest.deliver.smtp import SmtpServer, SmtpSession
from tests.deliver.conftest import NOW, READERS, ledger, run, write_sources
from tests.factories.smtpserver import TOKEN, Behaviour, smtp_server, unused_port

pytestmark = pytest.mark.filterwarnings(
    "ignore:Requiring AUTH while not requiring TLS"
)  # played servers are careless
ONE = "cmo@"  # the first of five

# fault, at whom → states of the first and of the others, exit code, words of the operator
FAULTS = {
    "connect": ("", "intended", "intended", "refuses to talk to us: 554 5.3.2 not today"),
    "stall at connect": ("", "intended", "intended", "did not answer within 0.6 s"),
    "no starttls": ("", "intended", "intended", "STARTTLS"),
    "login": ("", "intended", "intended", "does not accept the login: 535"),
    "mail": ("", "refused", "refused", "550 5.7.1 this sender may not send here"),
    "rcpt": (ONE, "refused", "accepted", "550 5.1.1 no such mailbox"),
    "greylist": (ONE, "refused", "accepted", "451 4.7.1 come back later"),
    "drop at rcpt": (
        ONE,
        "intended",
        "intended",
        "dropped the line before the mail was given to it",
    ),
    "drop at data": ("", "intended", "intended", "before the mail was given to it"),
    "drop in content": ("", "intended", "intended", "before the mail was given to it"),
    "4xx after data": (ONE, "refused", "accepted", "451 4.3.0 no room for it now"),
    "5xx after data": (ONE, "refused", "accepted", "554 5.6.0 looks like spam"),
    "accept then drop": (
        ONE,
        "unknown",
        "intended",
        "dropped the line after the mail was given to it",
    ),
    "accept then stall": (
        ONE,
        "unknown",
        "intended",
        "did not answer within 0.6 s after the mail was given",
    ),
    "stall before taking": (
        ONE,
        "unknown",
        "intended",
        "did not answer within 0.6 s after the mail was given",
    ),
}


@pytest.mark.whole
@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault(place, trusted, monkeypatch, fault):
    """Told in words with exit code 1; mended, the next `send` gives each reader exactly one, once a person has resolved
    what nobody could know."""
    only, first, others, words = FAULTS[fault]
    server = Behaviour(fault, only)
    if "0.6 s" in words:
        monkeypatch.setattr("digest.deliver.smtp.SECONDS", 0.6)
    at = ("--workspace", place, "--now", NOW)
    if fault in ("drop at data", "drop in content"):  # however slow this machine is to drop it
        monkeypatch.setattr("digest.deliver.smtp._EARLY_SECONDS", 20)
    with smtp_server(server, tls=trusted) as port:
        write_sources(place, port)
        run("approve", "2026-Q3", "--by", "Ann", *at)
        result = run("send", "2026-Q3", *at, code=1)
    assert words in result.output
    assert "Traceback" not in result.output
    assert ledger(place) == {
        reader: first if reader == READERS[0] else others for reader in READERS
    }

    server.fault = ""
    monkeypatch.setattr("digest.deliver.smtp.SECONDS", 20)
    monkeypatch.setattr("digest.deliver.smtp._EARLY_SECONDS", 0.05)
    with smtp_server(server, tls=trusted) as port:
        write_sources(place, port)
        if first == "unknown":
            assert (
                "--resolve cmo@acme.example=accepted" in run("send", "2026-Q3", *at, code=1).output
            )
            came = server.counted()["cmo@acme.example"]
            run(
                "send",
                "2026-Q3",
                "--resolve",
                f"{READERS[0]}={'accepted' if came else 'not-sent'}",
                *at,
            )
        run("send", "2026-Q3", *at)
        run("send", "2026-Q3", *at)
    assert ledger(place) == dict.fromkeys(READERS, "accepted")
    assert server.counted() == dict.fromkeys(READERS, 1)


def test_a_wrong_certificate(place, trusted, monkeypatch):
    """Nothing is sent, and no password."""
    server = Behaviour()
    monkeypatch.delenv("SSL_CERT_FILE")
    with smtp_server(server, tls=trusted) as port:
        write_sources(place, port)
        run("approve", "2026-Q3", "--workspace", place, "--now", NOW)
        result = run("send", "2026-Q3", "--workspace", place, "--now", NOW, code=1)
    assert "certificate is not to be trusted" in result.output
    assert (server.logins, server.received) == ([], [])
    assert set(ledger(place).values()) == {"intended"}


@pytest.mark.whole
def test_authority_of_the_configuration(place, trusted, monkeypatch):
    """`digest.network.ca_file` makes a certificate of the company's own authority good."""
    server = Behaviour()
    monkeypatch.delenv("SSL_CERT_FILE")
    with smtp_server(server, tls=trusted) as port:
        write_sources(place, port, more="  network: {ca_file: ca.pem}\n")
        run("approve", "2026-Q3", "--workspace", place, "--now", NOW)
        run("send", "2026-Q3", "--workspace", place, "--now", NOW)
    assert server.counted() == dict.fromkeys(READERS, 1)


def test_nobody_listens(place):
    """In words."""
    write_sources(place, unused_port())
    run("approve", "2026-Q3", "--workspace", place, "--now", NOW)
    assert "refused" in run("send", "2026-Q3", "--workspace", place, "--now", NOW, code=1).output
    assert set(ledger(place).values()) == {"intended"}


@pytest.mark.whole
@pytest.mark.parametrize(
    ("security", "login"),
    [("starttls", "password"), ("starttls", "token"), ("tls", "password"), ("none", "")],
)
def test_every_way_in(place, trusted, monkeypatch, security, login):
    """STARTTLS, TLS or neither; password, OAuth2 token or no login."""
    monkeypatch.setenv("SMTP_TOKEN", TOKEN)
    server = Behaviour()
    with smtp_server(server, tls=trusted, implicit=security == "tls", login=bool(login)) as port:
        variable = {
            "password": "password_env: SMTP_PASSWORD",
            "token": "token_env: SMTP_TOKEN",
        }.get(login)
        user = f", user: digest, {variable}" if variable else ""
        write_sources(
            place, port, smtp=f"{{host: localhost, port: {port}, security: {security}{user}}}"
        )
        run("approve", "2026-Q3", "--workspace", place, "--now", NOW)
        run("send", "2026-Q3", "--workspace", place, "--now", NOW)
    assert server.counted() == dict.fromkeys(READERS, 1)
    assert [*dict.fromkeys(server.logins)] == {"token": ["XOAUTH2"], "": []}.get(
        login, server.logins[:1]
    )


def test_a_stale_token_is_told(place, trusted, monkeypatch):
    """And nothing hangs in the second step of that login."""
    monkeypatch.setenv("SMTP_TOKEN", "stale-token")
    with smtp_server(Behaviour(), tls=trusted) as port:
        smtp = f"{{host: localhost, port: {port}, user: digest, token_env: SMTP_TOKEN}}"
        write_sources(place, port, smtp=smtp)
        run("approve", "2026-Q3", "--workspace", place, "--now", NOW)
        result = run("send", "2026-Q3", "--workspace", place, "--now", NOW, code=1)
    assert "renew the token in the environment variable SMTP_TOKEN" in result.output
    assert "stale-token" not in result.output


def test_no_password_over_an_open_line(place):
    """To another machine."""
    write_sources(
        place,
        25,
        smtp="{host: mail.acme.example, security: none, user: digest, password_env: SMTP_PASSWORD}",
    )
    run("approve", "2026-Q3", "--workspace", place, "--now", NOW)
    assert (
        "everybody can read"
        in run("send", "2026-Q3", "--workspace", place, "--now", NOW, code=1).output
    )


def test_a_line_of_one_dot_ends_no_mail():
    """What follows it is content, not a command to the server."""
    server = Behaviour()
    data = b"Subject: x\r\n\r\nwords\r\n.\r\nMAIL FROM:<eve@evil.example>\r\n"
    with (
        smtp_server(server, login=False) as port,
        SmtpSession(SmtpServer("127.0.0.1", port, "none")) as session,
    ):
        result = session.send_mail("a@acme.example", "b@acme.example", data, lambda: None)
    assert result.state == "accepted"
    assert [content for _, content in server.received] == [data]


def test_the_ledger_knows_before_the_server_has_it():
    """And a line that drops after the mail was given leaves a doubt, never a second mail."""
    server, held = Behaviour("accept then drop"), []
    with (
        smtp_server(server, login=False) as port,
        SmtpSession(SmtpServer("127.0.0.1", port, "none"), 5) as session,
    ):
        result = session.send_mail(
            "a@acme.example",
            "b@acme.example",
            b"Subject: x\r\n\r\nwords\r\n",
            lambda: held.append(len(server.received)),
        )
    assert held == [0]
    assert (result.state, result.stop) == ("unknown", True)


def test_a_missing_secret_is_named(place, monkeypatch):
    """The variable, not its value."""
    monkeypatch.delenv("SMTP_PASSWORD")
    write_sources(place, 25)
    run("approve", "2026-Q3", "--workspace", place, "--now", NOW)
    assert (
        "SMTP_PASSWORD is not set"
        in run("send", "2026-Q3", "--workspace", place, "--now", NOW, code=1).output
    )
