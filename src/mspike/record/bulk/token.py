"""Signing in to a FHIR server as a program: SMART Backend Services with a signed assertion (`private_key_jwt`).

HL7 SMART App Launch, https://hl7.org/fhir/smart-app-launch/backend-services.html. The key stays on this machine: what
is sent is an assertion signed with it, good for minutes. joserfc (the extra `fhir`) signs, and is loaded only here.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

import msgspec

from mspike.record.bulk.web import Web, public
from mspike.record.errors import RecordError

if TYPE_CHECKING:
    from joserfc.jwk import ECKey, RSAKey

LIFE = 240
"""Seconds that an assertion is good for; servers take at most 300."""
EARLY = 30
"""Seconds before its end at which a token is renewed."""
SCOPE = "system/*.rs"
ALGORITHMS = ("RS384", "ES384")


class Client(NamedTuple):
    """Who signs in."""

    id: str
    key: Path
    """A private key: a JWK, a JWK set with one private key, or PEM."""
    token_url: str = ""
    """Empty = as the server's own `.well-known/smart-configuration` says."""
    scope: str = SCOPE


class Granted(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: float = 300.0
    scope: str = ""


class Configuration(msgspec.Struct, frozen=True):
    token_endpoint: str


class SignIn:
    """Gives the header that a request carries, with a token renewed when it ends."""

    def __init__(self, web: Web, base: str, client: Client | None) -> None:
        self.web, self.base, self.client = web, base, client
        self._token, self._until = "", 0.0

    def header(self, *, anew: bool = False) -> dict[str, str]:
        """Empty without a client. `anew`: the server refused the token that there was."""
        if self.client is None:
            return {}
        if anew or not self._token or self.web.clock() > self._until - EARLY:
            granted = self._ask(self.client)
            self._token, self._until = granted.access_token, self.web.clock() + granted.expires_in
        return {"Authorization": f"Bearer {self._token}"}

    def _ask(self, client: Client) -> Granted:
        url = client.token_url or self._endpoint()
        form = {
            "grant_type": "client_credentials",
            "scope": client.scope,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion(client, url, self.web.clock()),
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        reply = self.web.send(url, headers, urlencode(form).encode())
        data = reply.whole()
        if reply.status != 200:
            hint = "look at the client's id, its registered key and scopes"
            raise RecordError(f"signing in was refused (status {reply.status})", at=public(url), hint=hint)
        try:
            return msgspec.json.decode(data, type=Granted)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise RecordError("no token in the answer", at=public(url), hint="is this the token endpoint?") from None

    def _endpoint(self) -> str:
        url = f"{self.base}/.well-known/smart-configuration"
        reply = self.web.send(url, {"Accept": "application/json"})
        data = reply.whole()
        try:
            if reply.status == 200:
                return msgspec.json.decode(data, type=Configuration).token_endpoint
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass
        raise RecordError("the server does not say where to sign in", at=public(url), hint="give --token-url")


def assertion(client: Client, audience: str, now: float) -> str:
    """The signed claim of who asks. Raises RecordError for a key that cannot be used."""
    try:
        from joserfc import jwt
    except ImportError:
        raise RecordError("signing in needs joserfc", hint="pip install 'mspike[fhir]'") from None
    key = private_key(client.key)
    algorithm = "RS384" if key.key_type == "RSA" else "ES384"
    header = {"alg": algorithm, "typ": "JWT"} | ({"kid": key.kid} if key.kid else {})
    claims = {
        "iss": client.id, "sub": client.id, "aud": audience, "exp": int(now) + LIFE, "iat": int(now),
        "jti": uuid.uuid4().hex,
    }  # fmt: skip
    return jwt.encode(header, claims, key, algorithms=list(ALGORITHMS))


def private_key(path: Path) -> RSAKey | ECKey:
    """RSA, or elliptic on P-384. What stands in the file is in no message."""
    from joserfc.jwk import ECKey, RSAKey

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise RecordError("a key that cannot be read", at=str(path), hint="a private key as JWK or PEM") from None
    kinds: tuple[type[RSAKey] | type[ECKey], ...] = (RSAKey, ECKey)
    given: object = text
    if text.lstrip()[:1] == "{":
        found = _jwk(text)
        given = found
        kinds = (ECKey,) if found.get("kty") == "EC" else (RSAKey,)
    for kind in kinds:
        try:
            key = kind.import_key(given)  # type: ignore[arg-type]
        except Exception:  # whatever it says may hold a piece of the key
            continue
        if key.is_private and (key.key_type == "RSA" or key.curve_name == "P-384"):  # type: ignore[union-attr]
            return key
    hint = "a private RSA key, or an elliptic one on P-384, as JWK or PEM"
    raise RecordError("no key that can sign", at=str(path), hint=hint)


def _jwk(text: str) -> dict[str, object]:
    """The JWK, or of a set its only private one."""
    try:
        tree = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {}
    keys = tree.get("keys", [tree]) if isinstance(tree, dict) else []
    private = [key for key in keys if isinstance(key, dict) and "d" in key]
    return private[0] if len(private) == 1 else {}
