// A second opinion on exported attendance records, over golang.org/x/mod's note and tlog.
//
//	verify BOARD.VKEY CASE...
//
// Each CASE is a folder with export/, anchors/ and perhaps revocations. One line a case: good, or why not.
package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func need(ok bool, why string) {
	if !ok {
		panic(errors.New(why))
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// cosigner checks cosignature/v1 lines (C2SP tlog-cosignature) for note.Open.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }
func (c cosigner) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), text)
	return ed25519.Verify(c.key, []byte(message), sig[8:])
}

func readCosigner(vkey string) (cosigner, bool) {
	parts := strings.SplitN(strings.TrimSpace(vkey), "+", 3)
	need(len(parts) == 3, "a verifier key")
	key, err := base64.StdEncoding.DecodeString(parts[2])
	must(err)
	if len(key) != 33 || key[0] != 4 {
		return cosigner{}, false
	}
	hash := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	return cosigner{parts[0], binary.BigEndian.Uint32(hash[:]), key[1:]}, true
}

// witness is the key in a collected file, where it holds one.
func witness(text string) (keys []note.Verifier) {
	defer func() { _ = recover() }()
	if key, ok := readCosigner(text); ok {
		keys = append(keys, key)
	}
	return keys
}

// p256 checks notes of a TPM's key for note.Open: ECDSA on P-256 with SHA-256, r and s of 32 bytes each.
type p256 struct {
	name string
	hash uint32
	key  ecdsa.PublicKey
}

const p256Mark = "\xffdiemdanh/ecdsa-p256-sha256"

func (p p256) Name() string    { return p.name }
func (p p256) KeyHash() uint32 { return p.hash }
func (p p256) Verify(text, sig []byte) bool {
	if len(sig) != 64 {
		return false
	}
	digest := sha256.Sum256(text)
	r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
	return ecdsa.Verify(&p.key, digest[:], r, s)
}

func newVerifier(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	need(len(parts) == 3, "a verifier key")
	material, err := base64.StdEncoding.DecodeString(parts[2])
	must(err)
	if !strings.HasPrefix(string(material), p256Mark) {
		return note.NewVerifier(vkey)
	}
	hash := sha256.Sum256(append([]byte(parts[0]+"\n"), material...))
	need(parts[1] == hex.EncodeToString(hash[:4]), "the id of a verifier key")
	x, y := elliptic.Unmarshal(elliptic.P256(), material[len(p256Mark):])
	need(x != nil, "a point of P-256")
	return p256{parts[0], binary.BigEndian.Uint32(hash[:]), ecdsa.PublicKey{Curve: elliptic.P256(), X: x, Y: y}}, nil
}

// opened is the text of a note that the key must have signed.
func opened(signed []byte, vkey string) string {
	verifier, err := newVerifier(strings.TrimSpace(vkey))
	must(err)
	read, err := note.Open(signed, note.VerifierList(verifier))
	must(err)
	need(len(read.Sigs)+len(read.UnverifiedSigs) <= 16, "too many signatures")
	return read.Text
}

func split(signed string) string {
	at := strings.LastIndex(signed, "\n\n")
	need(at >= 0, "the form of a note")
	need(strings.Count(signed[at+2:], "\n") <= 16, "too many signatures")
	return signed[:at+1]
}

// memory holds a tree's hashes by their index.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index < 0 || index >= int64(len(m)) {
			return nil, errors.New("no such hash")
		}
		out[i] = m[index]
	}
	return out, nil
}

type segment struct {
	origin string
	key    string
	raw    [][]byte
	hashes memory
}

func (s *segment) root(size int64) (root tlog.Hash) {
	need(size >= 0 && size <= int64(len(s.raw)), "more entries than there are")
	root, err := tlog.TreeHash(size, s.hashes)
	must(err)
	return root
}

func newSegment(origin string, raw [][]byte) *segment {
	s := &segment{origin: origin, raw: raw}
	for i, entry := range raw {
		hashes, err := tlog.StoredHashes(int64(i), entry, s.hashes)
		must(err)
		s.hashes = append(s.hashes, hashes...)
	}
	return s
}

// tiles are the C2SP tlog-tiles of a segment, which x/mod names a little otherwise.
func (s *segment) tiles() map[string][]byte {
	out := map[string][]byte{}
	tiles := tlog.NewTiles(8, 0, int64(len(s.raw)))
	for i, tile := range tiles {
		// x/mod publishes every width of a tile that is not full; C2SP only the last.
		if i+1 < len(tiles) && tiles[i+1].L == tile.L && tiles[i+1].N == tile.N {
			continue
		}
		data, err := tlog.ReadTileData(tile, s.hashes)
		must(err)
		out["tile/"+strings.TrimPrefix(tile.Path(), "tile/8/")] = data
		if tile.L == 0 {
			var bundle []byte
			for _, entry := range s.raw[tile.N*256 : tile.N*256+int64(tile.W)] {
				bundle = append(binary.BigEndian.AppendUint16(bundle, uint16(len(entry))), entry...)
			}
			out["tile/entries/"+strings.TrimPrefix(tile.Path(), "tile/8/0/")] = bundle
		}
	}
	return out
}

// What operating systems leave on sticks, and every path that an export may hold.
var litter = regexp.MustCompile(`(?i)^((.*/)?(\.DS_Store|(eh)?Thumbs\.db|desktop\.ini|\.directory|\._[^/]*)|` +
	`(System Volume Information|\$RECYCLE\.BIN|RECYCLER|LOST\.DIR|lost\+found|\.Spotlight-V100|\.DocumentRevisions-V100|` +
	`\.Trashes|\.Trash-[^/]*|\.fseventsd|\.TemporaryItems)/.*)$`)
var form = regexp.MustCompile(`^(desk-cert|manifest|READ-ME\.txt|verify\.py|evidence/[0-9a-f]{64}\.age|` +
	`segments/([0-9]{3}|[1-9][0-9]{3,})/(vkey|checkpoint|tile/.*|anchors/(0|[1-9][0-9]*)))$`)

func readFiles(folder string) map[string][]byte {
	files := map[string][]byte{}
	must(filepath.Walk(folder, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		must(err)
		if !litter.MatchString(filepath.ToSlash(name)) {
			files[filepath.ToSlash(name)], err = os.ReadFile(path)
		}
		return err
	}))
	return files
}

func fields(text string) map[string]string {
	out := map[string]string{}
	for _, line := range strings.Split(text, "\n")[1:] {
		name, value, _ := strings.Cut(line, " ")
		out[name] = value
	}
	return out
}

func checkManifest(files map[string][]byte, device string) string {
	lines := strings.Split(strings.TrimSuffix(opened(files["manifest"], device), "\n"), "\n")
	need(len(lines) > 2 && lines[0] == "diemdanh/manifest/v1", "the form of the manifest")
	for _, line := range lines[2:] {
		parts := strings.SplitN(line, " ", 4)
		need(len(parts) == 4 && form.MatchString(parts[3]), "a line of the manifest")
		data, there := files[parts[3]]
		sum := sha256.Sum256(data)
		need(there && parts[1] == strconv.Itoa(len(data)) && parts[2] == hex.EncodeToString(sum[:]), "changed "+parts[3])
		evidence := strings.HasPrefix(parts[3], "evidence/")
		need(!evidence || parts[3] == "evidence/"+parts[2]+".age", "evidence "+parts[3])
	}
	need(len(lines)-2 == len(files)-1, "files that the manifest does not name")
	return lines[1]
}

type place struct {
	Segment int64 `json:"segment"`
	Seq     int64 `json:"seq"`
}

type entry struct {
	V           int64   `json:"v"`
	Seq         int64   `json:"seq"`
	T           string  `json:"t"`
	Bt          int64   `json:"bt"`
	Boot        string  `json:"boot"`
	Ev          string  `json:"ev"`
	Cand        string  `json:"cand"`
	Admitted    bool    `json:"admitted"`
	Refers      place   `json:"refers"`
	First       place   `json:"first"`
	Id          string  `json:"id"`
	RequestSha  *string `json:"request_sha256"`
	Size        int64   `json:"size"`
	Root        string  `json:"root"`
	Note        string  `json:"note"`
	Origin      string  `json:"origin"`
	Segment     int64   `json:"segment"`
	Endorsement string  `json:"endorsement"`
	Training    bool    `json:"training"`
	Revocations int64   `json:"revocations"`
	Prev        *struct {
		Origin string `json:"origin"`
		Size   int64  `json:"size"`
		Root   string `json:"root"`
	} `json:"prev"`
	Abandoned []place `json:"abandoned"`
	Totals    struct {
		Arrived int64 `json:"arrived"`
		Entries int64 `json:"entries"`
		Manual  int64 `json:"manual"`
		Undone  int64 `json:"undone"`
	} `json:"totals"`
}

// canonical is RFC 8785 for JSON without floats: sorted members, no spaces, nothing escaped that need not be.
func canonical(line []byte) bool {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return false
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value) == nil && bytes.Equal(bytes.TrimSuffix(out.Bytes(), []byte("\n")), line)
}

// check is the state of one case.
type check struct {
	files     map[string][]byte
	cert      map[string]string
	mode, log string
	numbers   []int64
	segments  map[int64]*segment
	seen      int64
	asked     map[string]bool
	owner     map[place]string
	inside    map[string]int
	before    entry
}

func (c *check) file(name string) []byte {
	data, there := c.files[name]
	need(there, "missing "+name)
	return data
}

func bundles(data []byte) (raw [][]byte) {
	for len(data) > 0 {
		need(len(data) >= 2 && len(data) >= 2+int(binary.BigEndian.Uint16(data)), "a bundle that ends within an entry")
		end := 2 + int(binary.BigEndian.Uint16(data))
		raw, data = append(raw, data[2:end]), data[end:]
	}
	return raw
}

func (c *check) segment(number, previous int64) {
	base := fmt.Sprintf("segments/%03d/", number)
	checkpoint := c.file(base + "checkpoint")
	head := strings.Split(split(string(checkpoint)), "\n")
	need(len(head) == 4, "the form of the checkpoint")
	var names []string
	for name := range c.files {
		if strings.HasPrefix(name, base+"tile/entries/") {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var raw [][]byte
	for _, name := range names {
		raw = append(raw, bundles(c.files[name])...)
	}
	need(len(raw) > 0 && head[1] == strconv.Itoa(len(raw)), "the number of entries")
	var first entry
	must(json.Unmarshal(raw[0], &first))
	endorsed := fields(opened([]byte(first.Endorsement), c.cert["device-key"]))
	need(endorsed["origin"] == head[0] && strings.HasPrefix(endorsed["key"], head[0]+"+"), "the key")
	need(string(c.file(base+"vkey")) == endorsed["key"]+"\n", "the key's file")
	opened(checkpoint, endorsed["key"])
	s := newSegment(head[0], raw)
	need(s.root(int64(len(raw))).String() == head[2], "the root")
	expected, found := s.tiles(), 0
	for name, data := range c.files {
		if strings.HasPrefix(name, base+"tile/") {
			found++
			own, there := expected[strings.TrimPrefix(name, base)]
			need(there && bytes.Equal(own, data), "tile "+name)
		}
	}
	need(found == len(expected), "tiles missing")
	if c.log == "" {
		c.log = head[0][:strings.LastIndex(head[0], "/")]
	}
	need(first.Origin == head[0] && head[0] == fmt.Sprintf("%s/%03d", c.log, number) && first.Segment == number, "the name")
	need(strings.HasPrefix(c.log, c.cert["board"]+"/"+c.cert["exam"]+"/"+c.cert["desk"]+"/"), "another desk")
	need((c.mode == "mode training") == first.Training && (first.Training || c.cert["mode"] == "live"), "the mode")
	c.links(first, number, previous)
	s.key = endorsed["key"]
	c.segments[number] = s
	if first.Revocations > c.seen {
		c.seen = first.Revocations
	}
	c.entries(number, s)
}

func (c *check) links(first entry, number, previous int64) {
	before := c.segments[previous]
	need((before == nil) == (first.Prev == nil), "the link")
	if before != nil {
		root := before.root(int64(len(before.raw)))
		same := first.Prev.Origin == before.origin && first.Prev.Size == int64(len(before.raw))
		need(same && first.Prev.Root == hex.EncodeToString(root[:]), "the link")
	}
	need(int64(len(first.Abandoned)) == number-previous-1, "segments missing")
	for i, torn := range first.Abandoned {
		need(torn.Segment == previous+1+int64(i), "segments missing")
	}
}

func (c *check) entries(number int64, s *segment) {
	events := make([]entry, len(s.raw))
	for i, line := range s.raw {
		need(canonical(line), fmt.Sprintf("the form of %d/%d", number, i))
		must(json.Unmarshal(line, &events[i]))
	}
	var manual, undone int64
	for i, e := range events {
		here := fmt.Sprintf(" at %d/%d", number, i)
		need(e.V == 1 && e.Seq == int64(i) && (e.Ev == "open") == (i == 0), "form or place"+here)
		told := e.Ev == "clock-jump" || i == 0 && len(events) > 1 && events[1].Ev == "clock-jump"
		need(e.T >= c.before.T || told, "time"+here)
		need(e.Boot != c.before.Boot || e.Bt >= c.before.Bt, "the boot clock"+here)
		need(i == 0 || events[i-1].Ev != "close", "behind the close"+here)
		c.before = e
		c.references(e, s, here)
		if e.Ev == "close" {
			var arrived int64
			for _, times := range c.inside {
				if times > 0 {
					arrived++
				}
			}
			t := e.Totals
			need(t.Arrived == arrived && t.Entries == e.Seq && t.Manual == manual && t.Undone == undone, "totals"+here)
		}
		switch {
		case e.Ev == "check-in" || e.Ev == "guest" || (e.Ev == "manual-decision" || e.Ev == "paper-decision") && e.Admitted && e.Cand != "":
			c.owner[place{number, e.Seq}] = e.Cand
			c.inside[e.Cand]++
		case e.Ev == "undo":
			undone++
		}
		if e.Ev == "manual-decision" {
			manual++
		}
	}
}

func (c *check) references(e entry, s *segment, here string) {
	switch e.Ev {
	case "undo":
		candidate, in := c.owner[e.Refers]
		need(in, "undo of nothing"+here)
		delete(c.owner, e.Refers)
		c.inside[candidate]--
	case "duplicate-reported", "re-entry":
		need(e.Cand != "" && c.owner[e.First] == e.Cand, "foreign arrival"+here)
	case "registry-request":
		c.asked[e.Id] = true
	case "registry-answer":
		need(e.RequestSha == nil || c.asked[e.Id], "answer without question"+here)
	case "export", "anchor":
		need(e.Size >= 0 && e.Size <= e.Seq, e.Ev+here)
		root := s.root(e.Size)
		need(hex.EncodeToString(root[:]) == e.Root, e.Ev+here)
		if e.Ev == "anchor" {
			need(split(e.Note) == fmt.Sprintf("%s\n%d\n%s\n", s.origin, e.Size, root), e.Ev+here)
		}
	}
}

// collectedForm tells whether a collected file is a checkpoint at all; what else lies there says nothing about a log.
func collectedForm(text string) (is bool) {
	defer func() { is = recover() == nil && is }()
	lines := strings.Split(split(text), "\n")
	number := regexp.MustCompile(`^(0|[1-9][0-9]{0,18})$`)
	return len(lines) == 4 && strings.Contains(lines[0], "/") && number.MatchString(lines[1])
}

// signed tells how many of these keys signed, and how many lines of theirs are wrong.
func signed(text string, keys []note.Verifier) (good, wrong int) {
	for _, key := range keys {
		_, err := note.Open([]byte(text), note.VerifierList(key))
		if _, unsigned := err.(*note.UnverifiedNoteError); err == nil {
			good++
		} else if !unsigned {
			wrong++
		}
	}
	return good, wrong
}

func (c *check) anchor(name, text string, exported bool, witnesses []note.Verifier) {
	if !exported && !collectedForm(text) {
		return
	}
	lines := strings.Split(split(text), "\n")
	need(len(lines) == 4 && strings.Contains(lines[0], "/"), "the form of the anchor "+name)
	at := strings.LastIndex(lines[0], "/")
	if lines[0][:at] != c.log {
		need(!exported, "foreign anchor "+name)
		return
	}
	number, err := strconv.ParseInt(lines[0][at+1:], 10, 64)
	must(err)
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	good, wrong := signed(text, witnesses)
	if s := c.segments[number]; s != nil {
		own, err := newVerifier(s.key)
		must(err)
		byDesk, _ := signed(text, []note.Verifier{own})
		good += byDesk
	}
	if !exported && wrong > 0 && good == 0 {
		return
	}
	need(c.segments[number] != nil, "a segment is missing that the anchor names: "+name)
	need(c.segments[number].root(size).String() == lines[2], "not of this history: anchor "+name)
	need(!exported || filepath.Base(name) == lines[1], "the name of the anchor "+name)
	need(!exported || wrong == 0, "a witness's signature under "+name)
}

func (c *check) revocations(list string) {
	lines := strings.Split(strings.TrimSuffix(list, "\n"), "\n")
	number, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "number "), 10, 64)
	must(err)
	need(number >= c.seen, "the list of revocations is older than the one the desk knew")
	for _, line := range lines[2:] {
		parts := strings.Split(line, " ")
		need(len(parts) == 5, "a line of the revocations")
		if parts[1] != c.cert["serial"] {
			continue
		}
		var last, size int64
		if at := strings.LastIndex(parts[3], "/"); at >= 0 && parts[3][:at] == c.log {
			last, err = strconv.ParseInt(parts[3][at+1:], 10, 64)
			must(err)
			size, err = strconv.ParseInt(parts[4], 10, 64)
			must(err)
		}
		for number, s := range c.segments {
			need(number < last || number == last && int64(len(s.raw)) <= size, "revoked certificate")
		}
	}
}

func decide(board, folder string) (verdict string) {
	defer func() {
		if why := recover(); why != nil {
			verdict = fmt.Sprintf("refused: %v", why)
		}
	}()
	c := &check{
		files: readFiles(filepath.Join(folder, "export")), segments: map[int64]*segment{}, asked: map[string]bool{},
		owner: map[place]string{}, inside: map[string]int{},
	}
	c.cert = fields(opened(c.file("desk-cert"), board))
	c.mode = checkManifest(c.files, c.cert["device-key"])
	numbers := map[int64]bool{}
	for name := range c.files {
		if strings.HasPrefix(name, "segments/") {
			number, err := strconv.ParseInt(strings.Split(name, "/")[1], 10, 64)
			must(err)
			numbers[number] = true
		}
	}
	for number := range numbers {
		c.numbers = append(c.numbers, number)
	}
	need(len(c.numbers) > 0, "no log")
	sort.Slice(c.numbers, func(i, j int) bool { return c.numbers[i] < c.numbers[j] })
	var previous int64
	for _, number := range c.numbers {
		c.segment(number, previous)
		previous = number
	}
	c.outside(folder, board)
	return "good"
}

func (c *check) outside(folder, board string) {
	var witnesses []note.Verifier
	collected := readFiles(filepath.Join(folder, "anchors"))
	for name, text := range collected {
		if strings.HasSuffix(name, ".vkey") {
			witnesses = append(witnesses, witness(string(text))...)
		}
	}
	for name, text := range c.files {
		if parts := strings.Split(name, "/"); len(parts) == 4 && parts[2] == "anchors" {
			c.anchor(name, string(text), true, witnesses)
		}
	}
	for name, text := range collected {
		if !strings.HasSuffix(name, ".vkey") {
			c.anchor(name, string(text), false, witnesses)
		}
	}
	if list, err := os.ReadFile(filepath.Join(folder, "revocations")); err == nil {
		c.revocations(opened(list, board))
	}
}

func main() {
	board, err := os.ReadFile(os.Args[1])
	must(err)
	for _, folder := range os.Args[2:] {
		fmt.Println(strings.ReplaceAll(decide(string(board), folder), "\n", " "))
	}
}
