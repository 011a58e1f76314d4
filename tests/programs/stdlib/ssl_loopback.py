"""TLS over loopback: contexts, both ends with sockets and in memory, refusals, ALPN, sessions, asyncio."""
import asyncio
import os
import socket
import ssl
import tempfile
import threading

# Made for this test only: for localhost and 127.0.0.1, signed by itself, from 2000 to 2199.
PEM = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgnBfi+8yDCGB+JqJd
Ie8jhlpQxFrCMpGxW2TVLrWrYnOhRANCAAQlR6q/Gs0PYVjC7GDtXnq+trfEXLRE
cqzGxj3kXUE+j7micojX50tT+Y55NpLLHBsyiKFdB75fXMIKCGgX3v+g
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBezCCASCgAwIBAgIUNp2Z/t2kZVi7cEw011R9s5fUFX4wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTAwMDEwMTAwMDAwMFoYDzIxOTkxMjMx
MjM1OTU5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQlR6q/Gs0PYVjC7GDtXnq+trfEXLREcqzGxj3kXUE+j7micojX50tT
+Y55NpLLHBsyiKFdB75fXMIKCGgX3v+go04wTDAaBgNVHREEEzARgglsb2NhbGhv
c3SHBH8AAAEwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQUYw09cs+Zv/XYulTA
SnOudxG77oEwCgYIKoZIzj0EAwIDSQAwRgIhAO7hMGWdJHg4irNSV7of9qlXTEQ2
UX96VmqC7XPlH3+nAiEAjcBbH1vrviuIypWMlwWFVE08uSaNL1b27ACvH9GPz00=
-----END CERTIFICATE-----
"""


def contexts(folder):
    path = os.path.join(folder, "pair.pem")
    with open(path, "w") as file:
        file.write(PEM)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    server.set_alpn_protocols(["h2", "http/1.1"])
    client = ssl.create_default_context(cafile=path)
    client.set_alpn_protocols(["http/1.1", "spdy"])
    return server, client


def told(error):
    """What an SSLError says, without the line of C that found it."""
    return type(error).__name__, error.reason, getattr(error, "verify_message", None)


def serve(context, listener, seen):
    """Answers connections with what they send, in upper case, until one says bye."""
    while True:
        raw, _ = listener.accept()
        try:
            with context.wrap_socket(raw, server_side=True) as connection:
                with connection.makefile("rwb") as stream:
                    for line in stream:
                        stream.write(line.upper())
                        stream.flush()
                        if line == b"bye\n":
                            seen.append(connection.selected_alpn_protocol())
                            return
        except OSError as error:
            seen.append(type(error).__name__)


def sockets(server, client):
    listener = socket.create_server(("127.0.0.1", 0))
    seen = []
    thread = threading.Thread(target=serve, args=(server, listener, seen))
    thread.start()
    address = listener.getsockname()

    try:
        with socket.create_connection(address) as raw:
            client.wrap_socket(raw, server_hostname="example.org")
    except ssl.SSLCertVerificationError as error:
        print("name", told(error))
    try:
        with socket.create_connection(address) as raw:
            ssl.create_default_context().wrap_socket(raw, server_hostname="localhost")
    except ssl.SSLCertVerificationError as error:
        print("unknown authority", told(error), error.verify_code)

    with socket.create_connection(address) as raw, client.wrap_socket(raw, server_hostname="localhost") as connection:
        print(connection.version(), connection.cipher()[1:], connection.selected_alpn_protocol(), connection.server_hostname)
        certificate = connection.getpeercert()
        print(certificate["subject"], certificate["subjectAltName"], certificate["notAfter"], certificate["version"])
        print(connection.getpeercert(True) == ssl.PEM_cert_to_DER_cert(PEM[PEM.index("-----BEGIN CERT"):]))
        data = bytes(range(256)) * 4096
        connection.sendall(data.replace(b"\n", b" ") + b"\n")
        answer = bytearray()
        while not answer.endswith(b"\n"):
            answer += connection.recv(70000)
        print(len(answer), answer == data.replace(b"\n", b" ").upper() + b"\n")
        connection.sendall(b"bye\n")
        print(connection.recv(10), connection.recv(10), connection.pending())
    thread.join()
    listener.close()
    print("server saw", sorted(seen, key=str))


def in_memory(server, client):
    """Both ends over MemoryBIO: every step asks for the other's bytes."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = {"server": server.wrap_bio(to_server, to_client, server_side=True),
            "client": client.wrap_bio(to_client, to_server, server_hostname="127.0.0.1")}
    waiting = set(ends)
    while waiting:
        for name in sorted(waiting):
            try:
                ends[name].do_handshake()
                waiting.discard(name)
                print("shaken", name)
            except ssl.SSLWantReadError as error:
                pass
    print(ends["client"].write(b"x" * 20000), to_server.pending > 20000)
    got = b"".join(ends["server"].read(9000) for _ in range(2))
    print(len(got), set(got))
    try:
        ends["server"].read(50000) and ends["server"].read(1) and ends["server"].read(1)
    except ssl.SSLWantReadError as error:
        print(type(error).__name__, error.errno == ssl.SSL_ERROR_WANT_READ)
    print(to_server.pending, to_server.eof, ends["server"].getpeercert(), ends["client"].get_channel_binding("tls-unique") is None)
    to_client.write_eof()
    try:
        ends["client"].read(1)
    except ssl.SSLEOFError as error:
        print(type(error).__name__)
    except ssl.SSLWantReadError as error:  # tickets of a session lie there
        print("more", type(error).__name__)


async def with_asyncio(server, client):
    async def answer(reader, writer):
        while line := await reader.readline():
            writer.write(line[::-1])
            await writer.drain()
        writer.close()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=server)
    port = listener.sockets[0].getsockname()[1]

    async def ask(number):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client, server_hostname="localhost")
        writer.write(b"%d begins\n" % number)
        result = await reader.readuntil(b"snigeb" + b" %d" % number)
        writer.close()
        return result

    print(await asyncio.gather(*[ask(n) for n in range(5)]))
    listener.close()
    await listener.wait_closed()


with tempfile.TemporaryDirectory() as folder:
    server, client = contexts(folder)
    print(client.verify_mode.name, client.check_hostname, len(client.get_ca_certs()))
    for setting, value in (("check_hostname", False), ("verify_mode", ssl.CERT_NONE), ("verify_mode", 7), ("options", "x")):
        other = ssl.create_default_context()
        try:
            if setting == "verify_mode" and value == ssl.CERT_NONE:
                other.verify_mode = value
            setattr(other, setting, value)
            print(setting, other.verify_mode.name)
        except (ValueError, TypeError) as error:
            print(setting, type(error).__name__, error)
    sockets(server, client)
    in_memory(server, client)
    asyncio.run(with_asyncio(server, client))
print(ssl.cert_time_to_seconds("Jan  5 09:34:43 2018 GMT"), ssl.RAND_status(), len(ssl.RAND_bytes(16)), ssl.HAS_TLSv1_3)
