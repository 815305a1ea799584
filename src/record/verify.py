"""verify.py EXPORT BOARD.VKEY [--anchors DIR] [--revocations FILE], with OpenSSL 3: exit code 0 good, 2 refused."""
import base64, hashlib, json, pathlib, re, subprocess, sys, tempfile
need, sha = lambda ok, why: ok or sys.exit(print("REFUSED:", why) or 2), lambda data: hashlib.sha256(data).digest()
room, options = tempfile.TemporaryDirectory(), dict(zip(sys.argv[3::2], sys.argv[4::2]))
folder, board, P256 = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).read_text(), b"\xffdiemdanh/ecdsa-p256-sha256"
pair = lambda leaves, cut: sha(b"\x01" + root(leaves[:cut]) + root(leaves[cut:]))
root = lambda l: pair(l, 1 << (len(l) - 1).bit_length() - 1) if len(l) > 1 else l[0] if l else sha(b"")
unbase = lambda text: need(base64.b64encode(base64.b64decode(text)).decode() == text, "base64") and base64.b64decode(text)
key_of = lambda vkey: (lambda name, ident, key: (name, bytes.fromhex(ident), unbase(key)))(*vkey.strip().split("+", 2))
def good(key, message, signature):
    number = lambda half: b"\x02%c%s" % (size := (n := int.from_bytes(half, "big")).bit_length() // 8 + 1, n.to_bytes(size, "big"))
    spki, more = bytes.fromhex("302a300506032b6570032100") + key[2][1:], ""
    if key[2].startswith(P256):  # A TPM's key, ECDSA with SHA-256: r and s of 32 bytes each, which openssl wants as DER.
        spki, more = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + key[2][27:], " -digest sha256"
        signature = b"0%c%s" % (len(two := number(signature[:32]) + number(signature[32:])), two) if len(signature) == 64 else b""
    for name, data in (("key", spki), ("text", message), ("sig", signature)): pathlib.Path(room.name, name).write_bytes(data)
    command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile sig" + more
    return subprocess.run(command.split(), cwd=room.name, capture_output=True).returncode == 0
def split(note):
    (text, cut, end), lines = note.rpartition("\n\n"), [line.split(" ") for line in note.rpartition("\n\n")[2].splitlines()]
    right = cut and len(lines) <= 16 and all(len(line) == 3 and line[0] == "\u2014" for line in lines)
    return need(right, "the form of a note") and (text + "\n", [(line[1], unbase(line[2])) for line in lines])
def opened(note, vkey, why):
    key, (text, lines) = key_of(vkey), split(note)
    own = [payload[4:] for name, payload in lines if name == key[0] and payload[:4] == key[1]]
    return need(key[2].startswith((b"\x01", P256)) and own and good(key, text.encode(), own[0]), "signature: " + why) and text
def tiles(raw, leaves):
    name = lambda n: "".join("x%03d/" % (n // 1000 ** k % 1000) for k in (3, 2, 1) if n >= 1000 ** k) + "%03d" % (n % 1000)
    path = lambda level, n, width: "tile/%s/%s%s" % (level, name(n), "" if width == 256 else ".p/%d" % width)
    out, level, hashes, cut = {}, 0, leaves, lambda all: enumerate(all[at:at + 256] for at in range(0, len(all), 256))
    for n, p in cut(raw): out[path("entries", n, len(p))] = b"".join(len(e).to_bytes(2, "big") + e for e in p)
    while hashes:
        out.update((path(level, n, len(part)), b"".join(part)) for n, part in cut(hashes))
        level, hashes = level + 1, [root(part) for _, part in cut(hashes) if len(part) == 256]
    return out
# The form of an export is closed; what operating systems leave on sticks is no part of it.
LITTER = r"(?i)(.*/)?(\.DS_Store|(eh)?Thumbs\.db|desktop\.ini|\.directory|\._[^/]*)|(System Volume Information|\$RECYCLE\.BIN|RECYCLER|" \
    r"LOST\.DIR|lost\+found|\.Spotlight-V100|\.DocumentRevisions-V100|\.Trashes|\.Trash-[^/]*|\.fseventsd|\.TemporaryItems)(/.*)?"
FORM = r"desk-cert|manifest|READ-ME\.txt|verify\.py|evidence/[0-9a-f]{64}\.age|" \
    r"segments/([0-9]{3}|[1-9][0-9]{3,})/(vkey|checkpoint|tile/.*|anchors/(0|[1-9][0-9]*))"
there = {n: p for p in folder.rglob("*") if not re.fullmatch(LITTER, n := p.relative_to(folder).as_posix())}
for name, p in there.items(): need(not p.is_symlink() and (p.is_dir() or re.fullmatch(FORM, name) and p.is_file()), "no part: %r" % name)
files = {name: p.read_bytes() for name, p in there.items() if p.is_file()}
text = lambda name: files[name].decode() if name in files else need(False, "missing " + name)
cert = dict(line.split(" ", 1) for line in opened(text("desk-cert"), board, "desk-cert").splitlines()[1:])
manifest = opened(text("manifest"), cert["device-key"], "manifest").splitlines()
lines = {"file %d %s %s" % (len(data), sha(data).hex(), name) for name, data in files.items() if name != "manifest"}
need(manifest[0] == "diemdanh/manifest/v1" and set(manifest[2:]) == lines, "files: %s" % (set(manifest[2:]) ^ lines))
for name in files: need(name[:9] != "evidence/" or name == "evidence/%s.age" % sha(files[name]).hex(), "evidence " + name)
notes, witnesses, segments, log, before, seen, asked, owner, inside, last_t, boots = [], [], {}, None, None, 0, set(), {}, {}, "", ("", 0)
keys = {}
for number in need(sorted({int(name.split("/")[1]) for name in files if name.startswith("segments/")}), "no log"):
    base, at = "segments/%03d/" % number, " in segment %d" % number
    origin, size, top = split(text(base + "checkpoint"))[0].splitlines()
    raw, data = [], b"".join(files[name] for name in sorted(files) if name.startswith(base + "tile/entries/"))
    while data: end = 2 + int.from_bytes(data[:2], "big"); raw.append(data[2:end]); data = data[end:]
    first, leaves = json.loads(raw[0]), [sha(b"\x00" + entry) for entry in raw]
    head, log = opened(first["endorsement"], cert["device-key"], "endorsement" + at).splitlines(), log or origin.rpartition("/")[0]
    need(head[:2] == ["diemdanh/segment-key/v1", "origin " + origin] and key_of(key := head[2][4:])[0] == origin, "key" + at)
    opened(text(base + "checkpoint"), key if text(base + "vkey") == key + "\n" else "", "checkpoint" + at)
    need(size == str(len(raw)) and unbase(top) == root(leaves), "size or root" + at)
    need({n[len(base):]: d for n, d in files.items() if n.startswith(base + "tile/")} == tiles(raw, leaves), "tiles" + at)
    named = first["origin"] == origin == "%s/%03d" % (log, number) and first["segment"] == number
    mode, desk = "training" if first["training"] else "live", "%(board)s/%(exam)s/%(desk)s/" % cert
    need(named and log.startswith(desk) and manifest[1] == "mode " + mode and cert["mode"] in ("live", mode), "name" + at)
    prev = first["prev"] and tuple(first["prev"][key] for key in ("origin", "size", "root"))
    need(prev == before and [t["segment"] for t in first["abandoned"]] == [*range(max(segments, default=0) + 1, number)], "link" + at)
    events, seen = [json.loads(entry) for entry in raw], max(seen, first.get("revocations") or 0)
    for seq, (e, entry) in enumerate(zip(events, raw)):
        here, ev, place = " at %d/%d" % (number, seq), e["ev"], lambda key: (e[key]["segment"], e[key]["seq"])
        plain = json.dumps(e, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == entry
        need(plain and e["seq"] == seq and e["v"] == 1 and (ev == "open") == (not seq), "form or place" + here)
        told = "clock-jump" in (ev, events[1]["ev"] if seq == 0 and len(events) > 1 else "")
        need((e["t"] >= last_t or told) and (e["boot"] != boots[0] or e["bt"] >= boots[1]), "time" + here)
        need(not seq or events[seq - 1]["ev"] != "close", "after the close" + here)
        last_t, boots = e["t"], (e["boot"], e["bt"])
        if ev == "undo": inside[need(place("refers") in owner, "undo of nothing" + here) and owner.pop(place("refers"))] -= 1
        if ev in ("duplicate-reported", "re-entry"): need(owner.get(place("first")) == e["cand"], "foreign arrival" + here)
        asked |= {e["id"]} if ev == "registry-request" else set()
        need(ev != "registry-answer" or not e["request_sha256"] or e["id"] in asked, "unasked answer" + here)
        if ev in ("export", "anchor"): need(e["size"] <= seq and root(leaves[:e["size"]]).hex() == e["root"], ev + here)
        notes += [("segments/%d/anchors/%d" % (number, e["size"]), e["note"], True)] if ev == "anchor" else []
        sums = (sum(map(bool, inside.values())), seq, *(sum(x["ev"] == kind for x in events) for kind in ("manual-decision",
                "undo"))) if ev == "close" else None
        need(not sums or [e["totals"][key] for key in ("arrived", "entries", "manual", "undone")] == [*sums], "totals" + here)
        if ev in ("check-in", "guest") or ev in ("manual-decision", "paper-decision") and e["admitted"] and e["cand"]:
            owner[(number, seq)], inside[e["cand"]] = e["cand"], inside.get(e["cand"], 0) + 1
    keys[origin], segments[number], before = [key_of(key)], leaves, (origin, len(raw), root(leaves).hex())
notes += [(name, text(name), True) for name in files if re.match(r"segments/\d+/anchors/", name)]
NOTE, KEY = r"[^\n]+/[0-9]+\n(0|[1-9][0-9]{0,18})\n[A-Za-z0-9+/]{43}=\n\n(\u2014 [^ \n]+ [A-Za-z0-9+/]+=*\n){1,16}", r"[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*\s*"
for p in sorted(pathlib.Path(options["--anchors"]).rglob("*")) if "--anchors" in options else []:
    # What else somebody put there says nothing about this log.
    data = p.read_bytes().decode(errors="replace") if p.is_file() and p.stat().st_size <= 16384 else ""
    if p.suffix != ".vkey": notes += [(p.name, data, False)] if re.fullmatch(NOTE, data) else []
    elif re.fullmatch(KEY, data): witnesses.append(key_of(data))
for name, note, exported in notes:
    body, lines = split(note)
    origin, size, top = body.splitlines()
    if origin.rpartition("/")[0] != log and need(not exported, "foreign anchor " + name): continue
    right = lambda keys, at, text: [good(k, text(p).encode(), p[at:]) for k in keys for n, p in lines if n == k[0] and p[:4] == k[1]]
    told = right(witnesses, 12, lambda p: "cosignature/v1\ntime %d\n%s" % (int.from_bytes(p[4:12], "big"), body))
    if not exported and False in told and True not in told + right(keys.get(origin, []), 4, lambda p: body): continue
    leaves = segments.get(int(origin.rpartition("/")[2]), [])
    lies = int(size) <= len(leaves) and root(leaves[:int(size)]) == unbase(top)
    need(lies and (not exported or name.rpartition("/")[2] == size), "not of this history: anchor " + name)
    need(False not in told or not exported, "a witness's signature under " + name)
if "--revocations" in options:
    lines = opened(pathlib.Path(options["--revocations"]).read_text(), board, "revocations").splitlines()
    need(int(lines[1][7:]) >= seen, "the list of revocations is older than the one the desk knew")
    for _, serial, _, origin, size in (line.split(" ") for line in lines[2:]):
        until = (int(origin.rpartition("/")[2]), int(size)) if origin.rpartition("/")[0] == log else (0, 0)
        need(serial != cert["serial"] or all((n, len(s)) <= until for n, s in segments.items()), "revoked certificate")
print("good: %d segments, %d entries" % (len(segments), sum(map(len, segments.values()))))
