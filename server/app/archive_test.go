package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/archive"
	"gatehouse/server/config"
	"gatehouse/server/store"
)

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

// TestBackupWhileServing: a portal at work is put into one file, the file into
// a new store, and that into another; everybody signs in there as before and
// finds what they found.
func TestBackupWhileServing(t *testing.T) {
	t.Parallel()
	ctx, data := t.Context(), t.TempDir()
	c := config.Config{Store: "sqlite", Data: filepath.Join(data, "portal")}
	found(t, c.Data)
	d, err := Connect(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	serving := launchOn(t, d, c)
	serving.clock.Reset()
	want := lists(t, serving)
	if _, err := Move(ctx, c, config.Config{Store: "sqlite", Data: filepath.Join(data, "stolen")}, silent); err == nil {
		t.Error("a portal was moved while another process had it open")
	}
	file := filepath.Join(data, "portal.tar.gz")
	m, err := Backup(ctx, c, file, silent)
	if err != nil || m.Rows() < 100 {
		t.Fatalf("%+v %v", m, err)
	}
	if _, err := Backup(ctx, c, file, silent); !errors.Is(err, os.ErrExist) {
		t.Errorf("an archive was written over: %v", err)
	}
	serving.Close()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	restored := config.Config{Store: "sqlite", Data: filepath.Join(data, "restored")}
	back, err := Restore(ctx, restored, file, silent)
	if err != nil {
		t.Fatal(err)
	}
	alike(t, m, back)
	if _, err := Restore(ctx, restored, file, silent); err == nil {
		t.Error("restored on top of a portal")
	}
	moved := config.Config{Store: "sqlite", Data: filepath.Join(data, "moved")}
	if uri := os.Getenv("GATEHOUSE_TEST_MONGO"); uri != "" {
		moved = config.Config{Store: strings.TrimSuffix(uri, "/") + fmt.Sprintf("/moved%d", time.Now().UnixNano()), Data: data}
	}
	there, err := Move(ctx, restored, moved, silent)
	if err != nil {
		t.Fatal(err)
	}
	there.Collections["rosters"] = m.Collections["rosters"] // a portal that starts counts its people anew
	alike(t, m, there)
	if left, _ := filepath.Glob(filepath.Join(c.Data, "backup-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	one, err := proof(ctx, restored)
	if err != nil {
		t.Fatal(err)
	}
	if other, err := proof(ctx, moved); err != nil || other != one {
		t.Errorf("another engine, another digest: %q and %q %v", other, one, err)
	}
	open, err := Connect(ctx, moved)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { open.Close() })
	p := launchOn(t, open, moved)
	p.clock.Reset()
	for path, raw := range lists(t, p) {
		if raw != want[path] {
			t.Errorf("%s: after the move it finds\n%s\nbefore\n%s", path, raw, want[path])
		}
	}
}

// lists gives what people of three kinds find in all lists.
func lists(t *testing.T, p *site) map[string]string {
	t.Helper()
	out, cases := map[string]string{}, 0
	for _, login := range []string{"hehua", "health", "office"} {
		for _, d := range p.Portal.Resources() {
			a := p.get(t, login, "/api/v1/"+d.Plural())
			if a.status == http.StatusOK {
				cases += strings.Count(a.raw, `"no":`)
			}
			out[d.Plural()+" as "+login] = a.raw
		}
		out["tasks of "+login] = p.get(t, login, "/api/v1/tasks").raw
	}
	if cases < 50 {
		t.Fatalf("three people find %d cases", cases)
	}
	return out
}

// alike compares what two copies hold.
func alike(t *testing.T, want, got archive.Manifest) {
	t.Helper()
	for name, w := range want.Collections {
		if got.Collections[name] != w {
			t.Errorf("%s: %+v, want %+v", name, got.Collections[name], w)
		}
	}
}

// TestCutCopies: a copy that was cut short is refused by whoever would serve it,
// and a cut archive writes nothing.
func TestCutCopies(t *testing.T) {
	t.Parallel()
	ctx, data := t.Context(), t.TempDir()
	c := config.Config{Store: "sqlite", Data: filepath.Join(data, "half")}
	cut := filepath.Join(data, "cut.tar.gz")
	if err := os.WriteFile(cut, []byte("no archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(ctx, c, cut, silent); err == nil {
		t.Error("no archive was restored")
	}
	if _, err := os.Stat(c.File()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a store was made: %v", err)
	}
	power := errors.New("the power went")
	_, err := fill(ctx, c, silent, func(archive.Place) (archive.Manifest, error) { return archive.Manifest{}, power })
	if !errors.Is(err, power) {
		t.Fatal(err)
	}
	d, err := Connect(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := Build(ctx, d, c, new(Clock).Now, silent); !errors.Is(err, archive.ErrHalf) {
		t.Errorf("half a copy is served: %v", err)
	}
}

// TestTampering: what somebody with the database in their hands changes, takes
// away or adds is named by verify. The city is a small one, as each case walks
// all of it.
func TestTampering(t *testing.T) {
	t.Parallel()
	ctx, c := t.Context(), config.Config{Store: "sqlite", Data: filepath.Join(t.TempDir(), "portal")}
	if _, err := Restore(ctx, c, olderStore, silent); err != nil {
		t.Fatal(err)
	}
	d, err := Connect(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	clock := new(Clock)
	a, err := Build(ctx, d, c, clock.Now, silent)
	if err != nil {
		t.Fatal(err)
	}
	for _, days := range []int{1, 4} { // those that nobody made a digest of are made up for
		clock.Set(today.AddDate(0, 0, 7+days))
		a.Portal.Bus.Once(ctx)
		if err := a.Digests.Catch(ctx); err != nil {
			t.Fatal(err)
		}
	}
	var said struct {
		Items []struct{ ID, Digest, Before string }
	}
	for _, path := range []string{"/digests", "/api/v1/digests"} {
		res, err := a.Fiber.Test(httptest.NewRequest("GET", path, nil), -1)
		if err != nil || res.StatusCode != 200 {
			t.Fatal(path, err)
		}
		json.NewDecoder(res.Body).Decode(&said)
	}
	if n := len(said.Items); n != 4 || said.Items[0].Before != said.Items[1].Digest || said.Items[3].Before != "" {
		t.Fatalf("%+v", said)
	}
	a.Close()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := proof(ctx, c); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		coll, id string // "": the first one
		change   func(doc map[string]any)
		want     string
	}{
		"a whole case is gone":                 {"orders", "", nil, "the digest of"},
		"a day is taken out":                   {"digests", said.Items[1].ID, nil, "there is no digest of"},
		"a digest is rewritten":                {"digests", "", func(doc map[string]any) { doc["digest"] = "00" }, "the digest of"},
		"a movement of money is another":       {"entries", "", func(doc map[string]any) { doc["amount"] = doc["amount"].(float64) + 1 }, "is summed up to"},
		"money stands on a case nobody opened": {"entries", "", func(doc map[string]any) { doc["source"].(map[string]any)["id"] = "nobody" }, "which is gone"},
		"households that never voted":          {"ballot_boxes", "", func(doc map[string]any) { doc["Households"].(map[string]any)["phone"] = 77 }, "households counted"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := config.Config{Store: "sqlite", Data: t.TempDir()}
			if err := os.CopyFS(bad.Data, os.DirFS(c.Data)); err != nil {
				t.Fatal(err)
			}
			tamper(t, bad, x.coll, x.id, x.change)
			if _, err := proof(ctx, bad); err == nil || !strings.Contains(err.Error(), x.want) {
				t.Errorf("%v, want %q", err, x.want)
			}
		})
	}
}

// proof verifies a portal that nobody serves, and gives its newest digest.
func proof(ctx context.Context, c config.Config) (string, error) {
	var out strings.Builder
	err := Verify(ctx, c, &out, silent)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	return lines[len(lines)-1], err
}

// tamper changes a stored row, or takes it away, as somebody with the database
// in their hands may; what it is found and summed up by stays.
func tamper(t *testing.T, c config.Config, coll, id string, change func(map[string]any)) {
	t.Helper()
	ctx := t.Context()
	d, err := Connect(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	a, err := Build(ctx, d, c, new(Clock).Now, silent) // so that the store knows its collections
	if err != nil {
		t.Fatal(err)
	}
	a.Close()
	q := store.Query{Sort: "id", Limit: 1}
	if id != "" {
		q.Where = []store.Cond{{Field: "id", Op: store.Eq, Value: id}}
	}
	rows, err := d.Find(ctx, coll, q)
	if err != nil || len(rows) != 1 {
		t.Fatal(coll, err)
	}
	r := rows[0]
	if change == nil {
		if err := d.Delete(ctx, coll, r.ID, r.Revision); err != nil {
			t.Fatal(err)
		}
		return
	}
	var doc map[string]any
	if err := json.Unmarshal(r.Doc, &doc); err != nil {
		t.Fatal(err)
	}
	r.X = map[string]any{"round": doc["Round"]}
	if coll == "digests" {
		r.X = map[string]any{}
	}
	if coll == "entries" {
		at, _ := time.Parse(time.RFC3339, doc["at"].(string))
		source := doc["source"].(map[string]any)
		r.X = map[string]any{"at": store.Stamp(at), "quarter": string(portal.QuarterOf(at)), "debit": doc["debit"], "credit": doc["credit"], "amount": int64(doc["amount"].(float64)),
			"source": fmt.Sprint(source["noun"], ":", source["id"]), "touches": []string{doc["debit"].(string), doc["credit"].(string)}}
	}
	change(doc)
	if r.Doc, err = json.Marshal(doc); err == nil {
		r.Revision++
		err = d.Update(ctx, coll, r)
	}
	if err != nil {
		t.Fatal(err)
	}
}
