"""A real SMTP server (aiosmtpd) whose behaviour the recipient's address chooses.

Prints `ready PORT` on a line of its own, then serves until its standard input ends, so that it can't
outlive the test that started it. Mails that it takes are kept in --folder as they came over the wire.
"""

import argparse
import asyncio
import logging
import ssl
import sys
import warnings
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Census:
    """Counts connections, over the life of the process and at one time."""

    def __init__(self):
        self.total = 0
        self.now = 0
        self.peak = 0


class Server(SMTP):
    def __init__(self, handler, census, **options):
        super().__init__(handler, **options)
        self.census = census
        self.number = 0
        self.counted = False

    def connection_made(self, transport):
        # aiosmtpd calls this again after STARTTLS.
        if not self.counted:
            self.counted = True
            self.census.total += 1
            self.census.now += 1
            self.census.peak = max(self.census.peak, self.census.now)
            self.number = self.census.total
        super().connection_made(transport)

    def connection_lost(self, error):
        if self.counted:
            self.counted = False
            self.census.now -= 1
        super().connection_lost(error)

    def behaviour(self):
        recipients = self.envelope.rcpt_tos if self.envelope else []
        return recipients[0].partition("@")[0] if recipients else ""

    async def smtp_DATA(self, arg):
        if self.behaviour() == "drop-before-the-dot":
            await self.push("354 go on")
            await self._reader.readline()
            self.transport.abort()
            return
        if self.behaviour() == "refuse-data":
            await self.push("451 4.3.0 no data today")
            return
        hangs_up = self.behaviour() == "hang-up-when-done"
        await super().smtp_DATA(arg)
        if hangs_up:
            self.transport.close()


class Handler:
    def __init__(self, folder, census):
        self.folder = folder
        self.census = census
        self.kept = 0

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address.startswith("bad-sender@"):
            return "550 5.1.8 your domain doesn't exist"
        envelope.mail_from = address
        return "250 2.1.0 ok"

    async def handle_RCPT(self, server, session, envelope, address, options):
        local = address.partition("@")[0]
        if local == "stall-at-rcpt":
            await asyncio.Event().wait()
        if local == "close-at-rcpt":
            server.transport.abort()
            return "421 4.3.2 bye"
        answers = {
            "greylisted": "450 4.2.0 come back later",
            "mailbox-full": "452 4.2.2 mailbox full",
            "unknown-user": "550 5.1.1 no such user",
            "bad-domain": "550 5.1.2 no such domain",
            "disabled": "550 5.2.1 mailbox disabled",
            "full-for-good": "552 5.2.2 mailbox full",
            "policy": "550 5.7.1 we don't like you",
            "plain-550": "550 no",
        }
        if local in answers:
            return answers[local]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        local = server.behaviour()
        if local == "stall-after-the-dot":
            (self.folder / "stalled").touch()
            await asyncio.Event().wait()
        if local == "drop-after-the-dot":
            server.transport.abort()
            # The reply has nowhere to go.
            return "250 2.0.0 lost"
        answers = {
            "later": "451 4.7.1 not now",
            "spam": "554 5.7.1 this is spam",
            "gone": "550 5.1.1 no such user after all",
            "odd": "354 go on",
        }
        if local in answers:
            return answers[local]
        self.kept += 1
        (self.folder / f"{self.kept}.eml").write_bytes(envelope.original_content)
        # The peak is over all connections so far; the number is this connection's.
        secret = " over TLS" if server.transport.get_extra_info("ssl_object") else ""
        return f"250 2.0.0 kept on connection {server.number}, peak {self.census.peak}{secret}"


async def main():
    # It remarks on logins without TLS, which is what a test wants here.
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
    parser.add_argument("--login", help="user:password that is required")
    parser.add_argument("--size", type=int, default=33554432)
    arguments = parser.parse_args()

    context = None
    if arguments.tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments.certificate, arguments.key)
    options = {"data_size_limit": arguments.size, "enable_SMTPUTF8": False}
    if arguments.tls == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if arguments.login:
        user, _, password = arguments.login.partition(":")

        def authenticate(server, session, envelope, mechanism, data):
            good = isinstance(data, LoginPassword) and (data.login, data.password) == (user.encode(), password.encode())
            return AuthResult(success=good, handled=False)

        options |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}

    census = Census()
    handler = Handler(arguments.folder, census)
    listener = await asyncio.get_running_loop().create_server(
        lambda: Server(handler, census, **options),
        "127.0.0.1",
        0,
        ssl=context if arguments.tls == "implicit" else None,
    )
    print(f"ready {listener.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
