package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"gatehouse/server/config"
	"gatehouse/server/fault"
	"gatehouse/server/store"
)

// marker is a small file beside the embedded store. It remembers that there was
// a store, which one, and what numbers it may have given: what the store itself
// cannot know after its file was lost, emptied or replaced by an older copy.
type marker struct {
	path string
	mu   sync.Mutex
	marked
}

type marked struct {
	Store   string           `json:"store"`   // which store
	Numbers map[string]int64 `json:"numbers"` // the highest of each counter that may have been given
	Gaps    []gap            `json:"gaps,omitempty"`
}

// gap is a run of numbers that may have been given and that the store does not know.
type gap struct {
	Key      string    `json:"key"`
	From, To int64     `json:",omitempty"`
	Found    time.Time `json:"found"`
}

func (g gap) String() string { return fmt.Sprintf("%s-%05d to %05d", g.Key, g.From, g.To) }

func markerFile(c config.Config) string { return filepath.Join(c.Data, "gatehouse.mark") }

// storeName names a store by its signing key, which no other has.
func storeName(key []byte) string {
	sum := sha256.Sum256(append([]byte("store\x00"), key...))
	return hex.EncodeToString(sum[:8])
}

// present refuses to make an empty store where there was one.
func present(c config.Config) error {
	if c.Store != "sqlite" {
		return nil
	}
	if is, err := os.Stat(c.File()); err == nil && is.Size() > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	found, err := evidence(c)
	if err != nil || found == "" {
		return err
	}
	return fmt.Errorf("the store %s is gone or empty, although there was one: %s. Put the file or a backup of it back; to begin anew take another folder", c.File(), found)
}

// evidence tells what shows that a folder held a store.
func evidence(c config.Config) (string, error) {
	if _, err := os.Stat(markerFile(c)); err == nil {
		return markerFile(c), nil
	}
	if is, err := os.Stat(c.File() + "-wal"); err == nil && is.Size() > 0 {
		return c.File() + "-wal", nil
	}
	found := ""
	err := filepath.WalkDir(filepath.Join(c.Data, "files"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && len(d.Name()) == 64 {
			found = path
			return fs.SkipAll
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	return found, err
}

// openMarker reads or makes the marker of a store whose counters stand at numbers.
func openMarker(c config.Config, key []byte, numbers map[string]int64) (*marker, error) {
	m := &marker{path: markerFile(c), marked: marked{Store: storeName(key), Numbers: map[string]int64{}}}
	b, err := os.ReadFile(m.path)
	if err == nil {
		var was marked
		if err := json.Unmarshal(b, &was); err != nil {
			return nil, fmt.Errorf("read %s: %w", m.path, err)
		}
		if was.Store != m.Store {
			return nil, fmt.Errorf("%s belongs to another store than %s: somebody has replaced or emptied the file. Put it or a backup of it back; if this store is meant, remove the mark", m.path, c.File())
		}
		if m.marked = was; m.Numbers == nil {
			m.Numbers = map[string]int64{}
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the mark of the store: %w", err)
	}
	changed := err != nil
	for k, n := range numbers {
		if n > m.Numbers[k] {
			m.Numbers[k], changed = n, true
		}
	}
	if changed {
		return m, m.save()
	}
	return m, nil
}

// mark opens the mark of the store, which says that it may be served: what is
// only being filled has none yet.
func (a *App) mark(ctx context.Context, c config.Config) error {
	given, err := a.numbers.All(ctx)
	if err == nil {
		a.marker, err = openMarker(c, a.Portal.Signing, given)
	}
	if err == nil {
		a.numbers.Outside = a.marker
	}
	return err
}

// save makes the marker durable, whole or not at all.
func (m *marker) save() error {
	b, err := json.MarshalIndent(m.marked, "", " ")
	if err != nil {
		return err
	}
	part := m.path + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err == nil {
		_, err = f.Write(b)
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err == nil {
		err = os.Rename(part, m.path)
	}
	if err == nil {
		var dir *os.File
		if dir, err = os.Open(filepath.Dir(m.path)); err == nil {
			err = errors.Join(dir.Sync(), dir.Close())
		}
	}
	if err != nil {
		return fault.Unkept(fmt.Errorf("mark the store: %w", err))
	}
	return nil
}

// Given is the highest number of a counter that may have been given.
func (m *marker) Given(key string) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.Numbers[key]
}

// Give remembers that numbers may be given.
func (m *marker) Give(key string, upTo int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Numbers[key] >= upTo {
		return nil
	}
	was := m.Numbers[key]
	m.Numbers[key] = upTo
	err := m.save()
	if err != nil {
		m.Numbers[key] = was
	}
	return err
}

// Skip remembers numbers that the store has forgotten.
func (m *marker) Skip(key string, from, to int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Gaps = append(m.Gaps, gap{key, from, to, time.Now().UTC().Truncate(time.Second)})
	return m.save()
}

// gaps are the numbers that may have been given and that the store does not
// know: those found before, and those of counters that stand too low now.
func (a *App) gaps(ctx context.Context) ([]gap, error) {
	if a.marker == nil {
		return nil, nil
	}
	now, err := a.numbers.All(ctx)
	if err != nil {
		return nil, err
	}
	a.marker.mu.Lock()
	defer a.marker.mu.Unlock()
	out := slices.Clone(a.marker.Gaps)
	for k, n := range a.marker.Numbers {
		if now[k] < n {
			out = append(out, gap{Key: k, From: now[k] + 1, To: n})
		}
	}
	slices.SortFunc(out, func(x, y gap) int { return cmp.Or(cmp.Compare(x.Key, y.Key), cmp.Compare(x.From, y.From)) })
	return out, nil
}

// probeEvery is how often readiness keeps something to see that it can.
const probeEvery = 5 * time.Second

// probe keeps something in the store and beside the files, durably, and not
// more often than every few seconds, however many ask.
func (a *App) probe(ctx context.Context) error {
	a.health.probing.Lock()
	defer a.health.probing.Unlock()
	if a.health.probed.IsZero() || time.Since(a.health.probed) >= probeEvery || a.health.unkept != nil {
		a.health.unkept, a.health.probed = a.keepSomething(ctx), time.Now()
	}
	return a.health.unkept
}

func (a *App) keepSomething(ctx context.Context) error {
	const id = "ready"
	_, err := a.marks.Change(ctx, id, func(m *mark) error { m.Done = true; return nil })
	if errors.Is(err, store.ErrNotFound) {
		err = a.marks.Insert(ctx, &mark{Meta: store.Meta{ID: id}, Done: true})
	}
	var taken *store.UniqueError
	if err != nil && !errors.As(err, &taken) && !errors.Is(err, store.ErrStale) { // another process keeps too
		return err
	}
	return a.Portal.Files.Probe()
}
