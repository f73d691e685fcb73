"""TLS in front of the simulator: ends TLS 1.3, agrees on HTTP/2 or HTTP/1.1, and passes the bytes on."""

import asyncio
import os
import ssl
import subprocess

from .link import child


def certificates(folder, address):
    """A certificate authority and a certificate for an address; the paths of both."""
    commands = [
        "openssl ecparam -name prime256v1 -genkey -noout -out {f}/ca.key",
        "openssl req -x509 -new -key {f}/ca.key -days 2 -subj /CN=Bench -out {f}/ca.pem -addext basicConstraints=critical,CA:TRUE",
        "openssl ecparam -name prime256v1 -genkey -noout -out {f}/key.pem",
        "openssl req -new -key {f}/key.pem -subj /CN=halo.example -out {f}/request.pem",
    ]
    with open(f"{folder}/extensions", "w") as file:
        file.write(f"subjectAltName=IP:{address},DNS:halo.example\nextendedKeyUsage=serverAuth\n")
    commands.append(
        "openssl x509 -req -in {f}/request.pem -CA {f}/ca.pem -CAkey {f}/ca.key -CAcreateserial -days 2 "
        "-extfile {f}/extensions -out {f}/cert.pem"
    )
    for command in commands:
        subprocess.run(command.format(f=folder).split(), check=True, capture_output=True)


def serve(folder, address, port, protocols, upstream):
    """Serves in a process of its own, which agrees on one of these protocols."""
    reading, writing = os.pipe()
    pid = child()
    if pid == 0:
        asyncio.run(_serve(folder, address, port, protocols, upstream, writing))
    os.read(reading, 1)
    return pid


async def _serve(folder, address, port, protocols, upstream, ready):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(f"{folder}/cert.pem", f"{folder}/key.pem")
    context.set_alpn_protocols(protocols)
    await asyncio.start_server(lambda r, w: _connection(r, w, upstream), address, port, ssl=context)
    os.write(ready, b"x")
    await asyncio.Event().wait()


async def _connection(reader, writer, upstream):
    try:
        inner_reader, inner_writer = await asyncio.open_connection(*upstream)
        await asyncio.gather(_pass(reader, inner_writer), _pass(inner_reader, writer))
    except (OSError, ssl.SSLError):
        pass
    finally:
        writer.close()


async def _pass(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
