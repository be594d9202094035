"""The bulk export of a FHIR server that is slow, busy, forgetful, broken, or wants a signature."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fake_export import FILES, Answer, FakeServer, fake_server
from mspike.record import Record, RecordError, read_records
from mspike.record.bulk.export import NOTES, Asked, Export, Fetched
from mspike.record.bulk.token import Client, SignIn, assertion, private_key
from mspike.record.bulk.web import LONGEST_WAIT, Web, allowed, public

NOW = 1_782_800_000.0


class Time:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.at, self.slept = NOW, []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    def clock(self) -> float:
        return self.at


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with fake_server() as fake:
        yield fake


@pytest.fixture
def time() -> Time:
    return Time()


def fetch(
    server: FakeServer, folder: Path, time: Time, client: Client | None = None, hours: float = 24, **asked: Any
) -> Fetched:
    web = Web(sleep=time.sleep, clock=time.clock, timeout=5)
    base = f"{server.base}/fhir"
    told: list[str] = []
    return Export(web, SignIn(web, base, client), folder, told.append).fetch(Asked(base, **asked), hours * 3600)


def says(status: int, headers: dict[str, str] | None = None, body: Any = b"") -> Any:
    packed = body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(_: dict[str, str]) -> Answer:
        return status, headers or {}, packed

    return answer


def hang_up(_: dict[str, str]) -> None:
    return None


OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "forbidden",
                                                          "diagnostics": "Jane Doe is not yours"}]}  # fmt: skip


def test_an_export_ends_as_a_folder_that_is_read(server: FakeServer, tmp_path: Path, time: Time) -> None:
    fetched = fetch(server, tmp_path, time)
    assert fetched == Fetched(2, 201, [])
    assert (tmp_path / "Patient.000.ndjson").read_bytes() == FILES["/files/1"]
    [record] = read_records([tmp_path], every=True)
    assert isinstance(record, Record)
    assert record.id == "p1"
    asked = [(path, headers) for _, path, headers in server.seen if "$export" in path]
    assert len(asked) == 1
    assert asked[0][1]["prefer"] == "respond-async"
    assert "_type=Patient,Condition" in asked[0][0]


def test_a_group_and_a_day_are_asked_for(server: FakeServer, tmp_path: Path, time: Time) -> None:
    fetch(server, tmp_path, time, group="my group/1", since="2026-06-01T00:00:00Z", types=("Patient",))
    path = next(path for _, path, _ in server.seen if "$export" in path)
    assert path == "/fhir/Group/my%20group%2F1/$export?_type=Patient&_since=2026-06-01T00:00:00Z"


def test_it_waits_as_long_as_the_server_says(server: FakeServer, tmp_path: Path, time: Time) -> None:
    later = dt.datetime.fromtimestamp(NOW + 7 + 90, dt.UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    server.wrong["/fhir/status/1"] = [
        says(202, {"Retry-After": "7", "X-Progress": "1 of 3"}),
        says(202, {"Retry-After": later}),
        says(202, {"Retry-After": "1e99"}),
        says(202, {"Retry-After": "soon"}),
        says(202),
        says(202, {"Retry-After": "-5"}),
        says(202, {"Retry-After": "nan"}),
        says(429, {"Retry-After": "3"}),
        says(503),
    ]
    assert fetch(server, tmp_path, time).resources == 201
    assert time.slept[:3] == [7.0, pytest.approx(90), LONGEST_WAIT]
    assert time.slept[7] == 3.0
    assert all(0 < wait <= LONGEST_WAIT for wait in time.slept)


def test_it_does_not_wait_for_ever_and_goes_on_waiting_later(server: FakeServer, tmp_path: Path, time: Time) -> None:
    server.wrong["/fhir/status/1"] = [says(202, {"Retry-After": "300"})] * 15
    with pytest.raises(RecordError, match="not finished in time") as told:
        fetch(server, tmp_path, time, hours=1)
    assert "run the same command again" in told.value.hint
    server.wrong.clear()
    assert fetch(server, tmp_path, time).resources == 201
    assert server.asked["/fhir/Patient/$export"] == 1


ORDER, STATUS = "/fhir/Patient/$export", "/fhir/status/1"
REFUSALS = {
    "forbidden": (ORDER, says(403, body=OUTCOME), r"no order for an export \(status 403, forbidden\)"),
    "a page": (ORDER, says(200, body=b"<html>"), r"no order for an export \(status 200\)"),
    "no address": (ORDER, says(202), "does not say where to ask"),
    "in the clear": (ORDER, says(202, {"Content-Location": "http://example.org/x"}), "not https"),
    "a file of ours": (ORDER, says(202, {"Content-Location": "file:///etc/passwd"}), "not https"),
    "failed, why": (STATUS, says(500, body=OUTCOME), r"export failed \(status 500, forbidden\)"),
    "failed": (STATUS, says(403), r"export failed \(status 403\)"),
    "a page for a list": (STATUS, says(200, body=b"<html>"), "no list of files"),
    "a word for a list": (STATUS, says(200, body={"output": "none"}), "no list of files"),
    "a list with a file of ours": (STATUS, says(200, body={"output": [{"url": "file:///etc/passwd"}]}), "not https"),
    "a list over ftp": (STATUS, says(200, body={"output": [{"url": "ftp://127.0.0.1/x"}]}), "not https"),
    "file gone": ("/files/1", says(404), r"not given \(status 404\)"),
    "file gone, why": ("/files/1", says(410, body=OUTCOME), r"not given \(status 410, forbidden\)"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_server_that_refuses_is_named_with_the_reason(
    server: FakeServer, tmp_path: Path, time: Time, case: str
) -> None:
    path, answer, rule = REFUSALS[case]
    server.wrong[path] = [answer] * 9
    with pytest.raises(RecordError, match=rule) as told:
        fetch(server, tmp_path, time)
    assert "Jane" not in told.value.public() + told.value.hint


def test_busy_and_broken_answers_are_asked_for_again(server: FakeServer, tmp_path: Path, time: Time) -> None:
    server.wrong["/fhir/Patient/$export"] = [hang_up, says(429, {"Retry-After": "2"}), says(503)]
    server.wrong["/files/2"] = [hang_up, says(502)]
    assert fetch(server, tmp_path, time) == Fetched(2, 201, [])
    assert 2.0 in time.slept


def test_a_server_that_never_answers_is_given_up(server: FakeServer, tmp_path: Path, time: Time) -> None:
    server.wrong["/fhir/Patient/$export"] = [hang_up] * 20
    with pytest.raises(RecordError, match="no answer after 6 tries"):
        fetch(server, tmp_path, time)


def test_a_file_that_breaks_off_is_fetched_from_there(server: FakeServer, tmp_path: Path, time: Time) -> None:
    server.cut = [10**9, 1000, 500]
    assert fetch(server, tmp_path, time) == Fetched(2, 201, [])
    ranges = [headers["range"] for _, _, headers in server.seen if "range" in headers]
    assert ranges == ["bytes=1000-", "bytes=1500-"]
    assert (tmp_path / "Condition.001.ndjson").read_bytes() == FILES["/files/2"]


def test_a_server_that_knows_no_ranges_gives_the_file_anew(server: FakeServer, tmp_path: Path, time: Time) -> None:
    server.cut = [10**9, 1000]
    server.wrong["/files/2"] = [server_file, says(200, body=FILES["/files/2"])]
    assert fetch(server, tmp_path, time).resources == 201
    assert (tmp_path / "Condition.001.ndjson").read_bytes() == FILES["/files/2"]


def server_file(_: dict[str, str]) -> Answer:
    return 200, {}, FILES["/files/2"]


def test_a_piece_from_another_place_is_not_put_on(server: FakeServer, tmp_path: Path, time: Time) -> None:
    server.cut = [10**9, 1000]
    wrong = says(206, {"Content-Range": "bytes 5-9/10000"}, b"abcde")
    server.wrong["/files/2"] = [server_file, wrong]
    assert fetch(server, tmp_path, time).resources == 201
    assert (tmp_path / "Condition.001.ndjson").read_bytes() == FILES["/files/2"]


def test_what_is_here_already_is_not_fetched_again(server: FakeServer, tmp_path: Path, time: Time) -> None:
    server.wrong["/files/2"] = [says(404)]
    with pytest.raises(RecordError):
        fetch(server, tmp_path, time)
    fetched = fetch(server, tmp_path, time)
    assert fetched.resources == 201
    assert server.asked["/files/1"] == 1
    assert server.asked["/fhir/Patient/$export"] == 1


def test_an_export_that_the_server_forgot_is_asked_for_anew(server: FakeServer, tmp_path: Path, time: Time) -> None:
    server.wrong["/fhir/status/1"] = [says(500, body=OUTCOME)]
    with pytest.raises(RecordError):
        fetch(server, tmp_path, time)
    server.wrong["/fhir/status/1"] = [says(404)]
    assert fetch(server, tmp_path, time).resources == 201
    assert server.asked["/fhir/Patient/$export"] == 2


def test_a_folder_of_another_export_is_left_alone(server: FakeServer, tmp_path: Path, time: Time) -> None:
    fetch(server, tmp_path, time)
    with pytest.raises(RecordError, match="holds another export"):
        fetch(server, tmp_path, time, group="9")
    (tmp_path / NOTES).write_text("{")
    with pytest.raises(RecordError, match="cannot be read"):
        fetch(server, tmp_path, time)


def test_what_the_server_says_of_errors_counts_and_deleted_is_told(
    server: FakeServer, tmp_path: Path, time: Time
) -> None:
    server.manifest["output"][1]["count"] = 300
    server.manifest["error"] = [{"type": "OperationOutcome", "url": f"{server.base}/files/1"}]
    server.manifest["deleted"] = [{"type": "Bundle", "url": f"{server.base}/files/9"}]
    fetched = fetch(server, tmp_path, time)
    assert fetched.resources == 201
    told = "\n".join(fetched.troubles)
    assert "300 resources announced, 200 lines came" in told
    assert "tells of 1 errors" in told
    assert "deleted resources are not followed" in told


def test_packed_files_keep_their_form_and_names_are_ours(server: FakeServer, tmp_path: Path, time: Time) -> None:
    server.manifest["output"][0]["type"] = "../../etc/Patient"
    server.wrong["/files/1"] = [says(200, body=gzip.compress(FILES["/files/1"]))]
    fetch(server, tmp_path, time)
    assert {path.name for path in tmp_path.iterdir()} == {
        "etcPatient.000.ndjson.gz", "Condition.001.ndjson", NOTES
    }  # fmt: skip
    [record] = read_records([tmp_path], every=True)
    assert isinstance(record, Record)


# -- signing in


@pytest.fixture(params=["RSA", "EC", "PEM"])
def key(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    jwk = pytest.importorskip("joserfc.jwk")
    made = jwk.ECKey.generate_key("P-384") if request.param == "EC" else jwk.RSAKey.generate_key(2048)
    path = tmp_path / "key"
    if request.param == "PEM":
        path.write_bytes(made.as_pem(private=True))
    elif request.param == "EC":
        path.write_text(json.dumps({"keys": [made.as_dict(private=False), made.as_dict(private=True)]}))
    else:
        path.write_text(json.dumps(made.as_dict(private=True)))
    return path


def test_it_signs_in_with_an_assertion(server: FakeServer, tmp_path: Path, time: Time, key: Path) -> None:
    from joserfc import jwt

    server.signed_in = True
    server.manifest["requiresAccessToken"] = True
    assert fetch(server, tmp_path / "out", time, Client("the-client", key)).resources == 201
    [form] = server.forms
    assert form["grant_type"] == ["client_credentials"]
    assert form["scope"] == ["system/*.rs"]
    token = jwt.decode(form["client_assertion"][0], private_key(key), algorithms=["RS384", "ES384"])
    assert token.claims["iss"] == token.claims["sub"] == "the-client"
    assert token.claims["aud"] == f"{server.base}/token"
    assert 0 < token.claims["exp"] - NOW <= 300
    assert token.header["typ"] == "JWT"
    assert "d" not in json.dumps(token.header).split('"')


def test_a_token_is_renewed_when_it_ends_and_when_it_is_refused(
    server: FakeServer, tmp_path: Path, time: Time, key: Path
) -> None:
    server.signed_in = True
    server.manifest["requiresAccessToken"] = True
    server.wrong["/fhir/status/1"] = [says(202, {"Retry-After": "200"})] * 3 + [says(401)]
    assert fetch(server, tmp_path / "out", time, Client("c", key)).resources == 201
    assert server.tokens == 3
    claims = {form["client_assertion"][0].split(".")[1] for form in server.forms}
    assert len(claims) == 3  # none is used twice


def test_the_token_goes_to_no_other_server(server: FakeServer, tmp_path: Path, time: Time, key: Path) -> None:
    with fake_server() as other:
        server.signed_in = True
        server.manifest["requiresAccessToken"] = True
        server.manifest["output"][0]["url"] = f"{other.base}/files/1"
        with pytest.raises(RecordError, match="another server"):
            fetch(server, tmp_path / "out", time, Client("c", key))
        server.manifest["output"][0]["url"] = f"{server.base}/files/1"
        server.wrong["/files/1"] = [says(302, {"Location": f"{other.base}/files/1"})]
        assert fetch(server, tmp_path / "out", time, Client("c", key)).resources == 201
        assert [headers for _, _, headers in other.seen if "authorization" in headers] == []
        assert other.asked["/files/1"] == 1


def test_a_redirect_to_a_file_is_not_followed(server: FakeServer, tmp_path: Path, time: Time) -> None:
    server.wrong["/files/1"] = [says(302, {"Location": "http://example.org/files/1"})] * 9
    with pytest.raises(RecordError, match="not https"):
        fetch(server, tmp_path, time)


WELL_KNOWN = "/fhir/.well-known/smart-configuration"
SIGN_IN = {
    "refused": ("/token", says(400, body={"error": "invalid_client"}), r"signing in was refused \(status 400\)"),
    "a page": ("/token", says(200, body=b"<html>"), "no token"),
    "nowhere": (WELL_KNOWN, says(404), "does not say where to sign in"),
    "in the clear": (WELL_KNOWN, says(200, body={"token_endpoint": "http://a.org/t"}), "not https"),
}


@pytest.mark.parametrize("case", SIGN_IN)
def test_signing_in_that_fails_says_why(server: FakeServer, tmp_path: Path, time: Time, key: Path, case: str) -> None:
    path, answer, rule = SIGN_IN[case]
    server.wrong[path] = [answer] * 9
    with pytest.raises(RecordError, match=rule):
        fetch(server, tmp_path / "out", time, Client("c", key))


@pytest.mark.parametrize("text", ["", "{}", "no key", '{"kty":"oct","k":"c2VjcmV0LXNlY3JldA"}', '{"keys":[]}', "{"])
def test_a_key_that_cannot_sign_is_told_without_a_word_of_it(tmp_path: Path, text: str) -> None:
    pytest.importorskip("joserfc")
    path = tmp_path / "key.json"
    path.write_text(text)
    with pytest.raises(RecordError, match="no key that can sign") as told:
        assertion(Client("c", path), "https://a.org/token", NOW)
    assert "secret" not in str(told.value)
    with pytest.raises(RecordError, match="cannot be read"):
        assertion(Client("c", tmp_path / "none"), "https://a.org/token", NOW)


def test_a_key_of_another_curve_is_refused(tmp_path: Path) -> None:
    jwk = pytest.importorskip("joserfc.jwk")
    path = tmp_path / "key.json"
    path.write_text(json.dumps(jwk.ECKey.generate_key("P-256").as_dict(private=True)))
    with pytest.raises(RecordError, match="no key that can sign"):
        private_key(path)


@pytest.mark.parametrize(
    "url", ["http://example.org/fhir", "ftp://127.0.0.1/x", "file:///etc/passwd", "127.0.0.1/fhir"]
)
def test_records_do_not_travel_in_the_clear(url: str) -> None:
    with pytest.raises(RecordError, match="not https"):
        allowed(url)


def test_an_address_is_shown_without_its_secrets() -> None:
    assert public("https://me:word@a.org:8443/x/y?sig=abc#z") == "https://a.org:8443/x/y"


# -- the command


def test_the_command_fetches_and_says_so(server: FakeServer, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "mspike.cli", "fetch-fhir", f"{server.base}/fhir/", "--out", str(out)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "2 files, 201 resources" in run.stderr
    assert msgspec.json.decode((out / NOTES).read_bytes())["done"]
    bad = subprocess.run([*command[:3], "fetch-fhir", "http://example.org", "--out", str(out / "other")],
                         capture_output=True, text=True)  # fmt: skip
    assert bad.returncode == 3
    assert "not https" in bad.stderr
    half = subprocess.run([*command, "--client-id", "c"], capture_output=True, text=True)
    assert half.returncode == 2


def test_signing_is_loaded_for_a_signature_alone() -> None:
    loaded = "sorted({'joserfc', 'cryptography'} & set(sys.modules))"
    code = f"import sys, mspike.cli, mspike.record.bulk.export; print({loaded})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
