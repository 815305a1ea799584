"""Signs what the fuzzer asks, so that its calls pass the door; spoils some on purpose, and counts how they ended.

The environment names the file that takes the counts (SCHEMA_COUNTS).
"""

import atexit
import base64
import hashlib
import json
import os
import re

import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import strategies as st

HEAD = "diemdanh/registry-question/v1"
ANSWER = re.compile(r"^diemdanh/registry-answer/v1\n\{[^\n]*\}\n\n— \S+ \S+\n(\n(— \S+ \S+\n)+)?$")
LINE_KEYS = {"request_sha256", "id", "status", "fields", "reason", "time"}
counts = {"calls": 0, "past_the_door": 0, "turned_away": 0, "wrong": []}


class Key:
    """A key of a log's segment, by its origin."""

    def __init__(self, origin, seed):
        self.origin = origin
        self.private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed).digest())
        self.public = b"\x01" + self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.hash = hashlib.sha256(origin.encode() + b"\n" + self.public).digest()[:4]

    def line(self):
        return f"{self.origin}+{self.hash.hex()}+{base64.b64encode(self.public).decode()}"

    def sign(self, text):
        signature = base64.b64encode(self.hash + self.private.sign(text.encode())).decode()
        return f"{text}\n\u2014 {self.origin} {signature}\n"


def question(line, key):
    text = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return key.sign(f"{HEAD}\n{text}\n")


WORD = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789.-", min_size=1, max_size=20).filter(
    lambda word: word[0].isalnum()
)
HEX = "0123456789abcdef"
DATES = st.one_of(st.none(), st.dates().map(str))
# Whatever a name may be, but for halves of characters, which are no text.
NAMES = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80)


@st.composite
def lines(draw):
    origin = "/".join(draw(WORD) for _ in range(5))
    key = Key(origin, draw(st.binary(min_size=1, max_size=8)))
    line = {
        "id": draw(st.text(alphabet=HEX, min_size=32, max_size=32)),
        "key": key.line(),
        "origin": origin,
        "size": draw(st.integers(min_value=0, max_value=10**15 - 1)),
        "root": draw(st.text(alphabet=HEX, min_size=64, max_size=64)),
        "number": draw(st.text(alphabet="0123456789", min_size=12, max_size=12)),
        "full_name": draw(NAMES),
        "birth_date": draw(DATES),
        "expiry": draw(DATES),
        "ds_certificate": base64.b64encode(draw(st.binary(max_size=2000))).decode(),
    }
    for paper in ("endorsement", "desk_cert"):
        text = draw(NAMES)
        if text:
            line[paper] = text
    return line, key


@st.composite
def good(draw):
    return question(*draw(lines())).encode()


@st.composite
def spoilt(draw):
    """A question with one thing wrong. None of these may be answered."""
    line, key = draw(lines())
    how = draw(st.integers(min_value=0, max_value=9))
    if how == 0:
        line.pop(draw(st.sampled_from(sorted(set(line) - {"endorsement", "desk_cert"}))))
    elif how == 1:
        line[draw(st.sampled_from(sorted(line)))] = draw(st.one_of(st.integers(), st.booleans(), st.lists(st.text())))
        line["size"] = "1"
    elif how == 2:
        line["more"] = draw(NAMES)
    elif how == 3:
        line["origin"] += "x"
    elif how == 4:
        key = Key(key.origin, b"another")
        line["key"] = line["key"] if line["key"] != key.line() else ""
    elif how == 5:
        line["id"] = line["id"].upper() + "A"
    elif how == 6:
        line["number"] = draw(st.text(alphabet="0123456789x ", max_size=11))
    elif how == 7:
        body = bytearray(question(line, key).encode())
        place = draw(st.integers(min_value=0, max_value=len(body) - 2))
        body[place] ^= draw(st.integers(min_value=1, max_value=255))
        return bytes(body)
    elif how == 8:
        body = question(line, key).encode()
        return body[: draw(st.integers(min_value=0, max_value=len(body) - 1))]
    else:
        return draw(st.binary(max_size=300))
    return question(line, key).encode()


def noted(body):
    SPOILT.add(body)
    return body


SPOILT = set()  # What none may answer.
schemathesis.openapi.media_type("text/plain", st.one_of(good(), good(), good(), spoilt().map(noted)))


@schemathesis.hook
def after_call(ctx, case, response):
    counts["calls"] += 1
    counts["past_the_door"] += response.status_code == 200
    counts["turned_away"] += response.status_code in (400, 401, 403)
    if case.path == "/v1/ask" and case.method.upper() == "POST":
        judge(case, response)


def judge(case, response):
    """The fuzzer sees a text; that it answers this very question is looked at here."""
    is_spoilt = isinstance(case.body, bytes) and case.body in SPOILT
    if is_spoilt and response.status_code == 200:
        return wrong("answered what was spoilt", case)
    if is_spoilt or not isinstance(case.body, bytes):
        return None
    if response.status_code != 200:
        return wrong(f"{response.status_code} to a good question", case)
    text = response.content.decode()
    if not ANSWER.match(text):
        return wrong("not in the form", case)
    line = json.loads(text.split("\n", 2)[1])
    asked = json.loads(case.body.decode().split("\n", 2)[1])
    named = line["request_sha256"] == hashlib.sha256(case.body).hexdigest() and line["id"] == asked["id"]
    if set(line) != LINE_KEYS or not named:
        return wrong("answers something else", case)
    return None


def wrong(what, case):
    counts["wrong"].append(f"{what}: {case.body!r}"[:3000])


@atexit.register
def tell():
    path = os.environ.get("SCHEMA_COUNTS")
    if path and counts["calls"]:
        with open(path, "w", encoding="utf-8") as out:
            json.dump(counts, out)
