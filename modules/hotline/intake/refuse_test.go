package intake

import (
	"bytes"
	"net/http/httptest"
	"strings"
	"testing"

	"gatehouse/modules/portaltest"
	"gatehouse/server/setting"
)

// A table larger than a file may be is refused by its size, on pages and by
// programs, before it is read.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.Hotline.Portal.Portal.Settings = func() setting.Values { return setting.Values{"file.max_mb": "1"} }
	app := f.App()
	large := append([]byte(good), bytes.Repeat([]byte("\n"), 1<<20)...)
	if code, body, _ := f.upload(app, "dispatcher", "x.csv", large); code != 422 || !strings.Contains(body, "1 MB") {
		t.Errorf("the page: %d", code)
	}
	r := httptest.NewRequest("POST", "/api/v1/batches/upload?name=x.csv", bytes.NewReader(large))
	r.Header.Set("X-Person", "dispatcher")
	res, err := app.Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 422 {
		t.Errorf("a program: %d", res.StatusCode)
	}
}

// A table of which a part is gone is not imported in part.
func TestPartGone(t *testing.T) {
	t.Parallel()
	f := open(t)
	b := f.dryRun(good)
	p, err := f.tables.parts.Get(f.ctx, partID(b.Table, 0))
	if err == nil {
		err = f.tables.parts.Delete(f.ctx, p)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.tables.read(f.ctx, b.Table)
	portaltest.Wrong(t, err, "batch.table_gone")
}
