"""Certificates of a throw-away authority, made by the openssl command."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

DAYS = {"good": 2, "of another host": 2, "expired": -1, "of nobody": 2}
HOSTS = {"of another host": "DNS:other.example"}


def make(folder: Path) -> dict[str, ssl.SSLContext]:
    """Server contexts by what is the matter with them; `authority.pem` is whom to trust."""
    _key(folder, "authority")
    _openssl("req", "-x509", "-new", "-key", folder / "authority.key", "-subj", "/CN=authority",
             "-days", 2, "-out", folder / "authority.pem")  # fmt: skip
    return {name: _context(folder, name) for name in DAYS}


def _context(folder: Path, name: str) -> ssl.SSLContext:
    file = folder / name.replace(" ", "-")
    _key(folder, file.name)
    more = file.with_suffix(".ext")
    more.write_text(f"subjectAltName={HOSTS.get(name, 'IP:127.0.0.1')}\n")
    request = file.with_suffix(".csr")
    _openssl(
        "req", "-new", "-key", file.with_suffix(".key"), "-subj", "/CN=server", "-out", request
    )
    signer = ["-signkey", file.with_suffix(".key")]
    if name != "of nobody":
        signer = [
            "-CA",
            folder / "authority.pem",
            "-CAkey",
            folder / "authority.key",
            "-CAcreateserial",
        ]
    _openssl("x509", "-req", "-in", request, *signer, "-days", DAYS[name], "-extfile", more,
             "-out", file.with_suffix(".pem"))  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file.with_suffix(".pem"), file.with_suffix(".key"))
    return context


def _key(folder: Path, name: str) -> None:
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", folder / f"{name}.key")


def _openssl(*words: object) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
