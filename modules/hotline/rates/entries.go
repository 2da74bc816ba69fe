package rates

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gatehouse/server/fault"
	"gatehouse/server/store"
)

// account are the entries behind a unit's figures in one edition of a bulletin.
// Its id is the bulletin's and the digest of what is in it, so that an edition
// that lost a race leaves nothing that another could be taken for.
type account struct {
	store.Meta
	Bulletin string
	Entries  []Entry
}

func openAccounts(ctx context.Context, d store.Driver) (*store.Collection[account], error) {
	return store.Open(ctx, d, store.Spec{Name: "bulletin_accounts"}, func(*account) map[string]any { return nil })
}

func accountID(bulletin, digest string) string { return bulletin + "-" + digest }

// digest is the SHA-256 of the entries as the API gives them, all in one list.
func digest(es []Entry) (string, error) {
	b, err := json.Marshal(es)
	if err != nil {
		return "", fault.Wrap(err, "encode the entries of a unit")
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// keep stores what the rows of a bulletin were counted from, in the order of the
// receipts: numbers could be counted off a list in the order of filing.
func (m *Rates) keep(ctx context.Context, b *Bulletin, t tally) error {
	for i := range b.Rows {
		r := &b.Rows[i]
		slices.SortFunc(t[r.Unit], func(x, y Entry) int { return cmp.Compare(x.Receipt, y.Receipt) })
		var err error
		if r.Entries, err = digest(t[r.Unit]); err != nil {
			return err
		}
		err = m.accounts.Insert(ctx, &account{Meta: store.Meta{ID: accountID(b.ID, r.Entries)}, Bulletin: b.ID, Entries: t[r.Unit]})
		var there *store.UniqueError
		if err != nil && !errors.As(err, &there) {
			return fault.Wrap(err, "keep the entries of %s in bulletin %s", r.Unit, b.ID)
		}
	}
	return nil
}

// entries are those behind a row's figures.
func (m *Rates) entries(ctx context.Context, b *Bulletin, r Row) ([]Entry, error) {
	a, err := m.accounts.Get(ctx, accountID(b.ID, r.Entries))
	if err != nil {
		return nil, fault.Wrap(err, "read the entries of %s in bulletin %s", r.Unit, b.ID)
	}
	return a.Entries, nil
}

// Verify counts every bulletin anew from the entries behind it, and gives their
// number. Bulletins older than entries have none.
func (m *Rates) Verify(ctx context.Context) (n int, err error) {
	err = m.Bulletins.Engine.Cases().Each(ctx, nil, func(b *Bulletin) error {
		t, street := tally{}, map[string]bool{}
		for _, r := range b.Rows {
			if r.Entries == "" {
				return nil
			}
			es, err := m.entries(ctx, b, r)
			if errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("broken: bulletin %s: the entries of %s are gone", b.No, r.Unit)
			}
			if err != nil {
				return err
			}
			if d, err := digest(es); err != nil || d != r.Entries {
				return errors.Join(fmt.Errorf("broken: bulletin %s: the entries of %s are not those that were counted", b.No, r.Unit), err)
			}
			t[r.Unit], street[r.Unit], n = es, r.Street, n+len(es)
		}
		rows := t.rows(b.Settings, func(unit string) bool { return street[unit] })
		if !slices.EqualFunc(rows, b.Rows, Row.same) {
			return fmt.Errorf("broken: bulletin %s: its figures are not what its entries come to", b.No)
		}
		return nil
	})
	return n, fault.Wrap(err, "read the bulletins")
}

// same compares figures, whatever list they come from.
func (r Row) same(o Row) bool {
	below := slices.Equal(r.Below, o.Below)
	r.Below, o.Below, r.Entries, o.Entries = nil, nil, "", ""
	return below && fmt.Sprint(r) == fmt.Sprint(o)
}
