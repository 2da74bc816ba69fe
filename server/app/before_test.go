package app

import (
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/server/config"
)

// olderStore is an archive that an older release has made: a small demo city of 30
// November 2026, from before the modules were cut into wings.
const olderStore = "testdata/store-of-2026-11-30.archive"

// TestStoreOfBefore: a store that an older release has made reads, walks and
// ends in the same digest of the day. That release has verified it: the figures
// are its own.
func TestStoreOfBefore(t *testing.T) {
	t.Parallel()
	c := config.Config{Store: "sqlite", Data: filepath.Join(t.TempDir(), "portal")}
	if _, err := Restore(t.Context(), c, olderStore, silent); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	if err := Verify(t.Context(), c, &said, silent); err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	for _, want := range []string{
		"1163 histories hold,    27 files",
		"45 ballots and 112 households each count once",
		"43 movements of money agree with the accounts",
		"176 entries come to the figures of the bulletins",
		"2026-11-30 0dae04e9623fb13ef2445fcafae37d2f0a18c9051643ed1f9e3a41176a202bc3",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("verify no longer says %q:\n%s", want, said.String())
		}
	}
}
