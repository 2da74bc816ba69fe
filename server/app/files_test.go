package app

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"mime/multipart"
	"slices"
	"strings"
	"testing"

	"gatehouse/server/lifecycle"
)

// phonePhoto is a picture that tells where it was taken. Each is another.
func phonePhoto(t testing.TB, shade uint8) []byte {
	t.Helper()
	var b bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, 32, 24))
	for i := range img.Pix {
		img.Pix[i] = shade
	}
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return slices.Concat(b.Bytes()[:2], []byte("\xff\xe1\x00\x12Exif\x00\x00GPS 31.23"), []byte{0}, b.Bytes()[2:])
}

// upload sends a form with files, as a browser does.
func (p *site) upload(t testing.TB, path, cookie string, values map[string]string, files map[string][]byte) answer {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range values {
		w.WriteField(k, v)
	}
	for name, body := range files {
		f, err := w.CreateFormFile("files", name)
		if err == nil {
			_, err = f.Write(body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	h := map[string]string{"Content-Type": w.FormDataContentType(), "Sec-Fetch-Site": "same-origin"}
	if cookie != "" {
		h["Cookie"] = cookie
	}
	return p.send(t, "POST", path, "", b.String(), h)
}

func report(what string) map[string]string {
	return map[string]string{"department": "health", "community": "hehua", "what": what, "demanded_on": "2026-11-20", "way": "chat"}
}

// latest is the newest report, as the office sees it.
func (p *site) latest(t testing.TB, what string) (id string, file map[string]any) {
	t.Helper()
	for _, x := range p.get(t, "office", "/api/v1/reports").body["items"].([]any) {
		if m := x.(map[string]any); m["what"] == what {
			one := p.get(t, "office", "/api/v1/reports/"+m["id"].(string))
			fs, _ := one.body["files"].([]any)
			if len(fs) == 0 {
				t.Fatalf("no file in %s", one.raw)
			}
			return m["id"].(string), fs[0].(map[string]any)
		}
	}
	t.Fatalf("no report %q", what)
	return "", nil
}

// Evidence comes without a name and goes to those who may see it: never to the
// department, never to a neighbour.
func TestEvidenceWithoutAName(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	a := p.upload(t, "/reports/new/file", "", report("附照片的举报"), map[string][]byte{"../群 截图.jpg.exe": phonePhoto(t, 1)})
	if a.status != 201 {
		t.Fatalf("%d %.300s", a.status, a.raw)
	}
	id, file := p.latest(t, "附照片的举报")
	if file["name"] != "群 截图_jpg.jpg" || file["type"] != "image/jpeg" {
		t.Errorf("kept as %v", file)
	}
	at := file["href"].(string)
	got := p.get(t, "office", at)
	if got.status != 200 || strings.Contains(got.raw, "GPS") {
		t.Fatalf("the office gets %d, with the place: %v", got.status, strings.Contains(got.raw, "GPS"))
	}
	for k, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Content-Type": "image/jpeg", "Etag": `"` + file["hash"].(string) + `"`, "Cache-Control": "private, no-cache"} {
		if got.header.Get(k) != want {
			t.Errorf("%s: %q", k, got.header.Get(k))
		}
	}
	if h := got.header.Get("Content-Security-Policy"); !strings.HasPrefix(h, "sandbox;") {
		t.Errorf("CSP %q", h)
	}
	if h := got.header.Get("Content-Disposition"); !strings.Contains(h, "filename*=UTF-8''%E7%BE%A4%20") {
		t.Errorf("disposition %q", h)
	}
	same := map[string]string{"If-None-Match": got.header.Get("Etag")}
	if a := p.send(t, "GET", at, p.token(t, "office"), "", same); a.status != 304 || a.raw != "" {
		t.Errorf("again: %d", a.status)
	}
	if a := p.send(t, "GET", at, p.token(t, "health"), "", same); a.status != 404 {
		t.Errorf("who may not have it learns that it did not change: %d", a.status)
	}
	office := "/api/v1/reports/" + id + "/"
	for _, act := range []struct{ act, in string }{{"take", ""}, {"substantiate", `{"finding":"属实"}`}} {
		if a := p.post(t, "office1", office+act.act, act.in); a.status != 200 {
			t.Fatalf("%s: %d %s", act.act, a.status, a.raw)
		}
	}
	if a := p.get(t, "health", "/api/v1/reports/"+id); a.status != 200 || strings.Contains(a.raw, file["hash"].(string)) {
		t.Errorf("the department reads %d %s", a.status, a.raw)
	}
	for _, who := range []string{"health", "fire.clerk", "guangming", ""} {
		if a := p.get(t, who, at); a.status != 404 {
			t.Errorf("%q gets %d", who, a.status)
		}
	}
	if a := p.get(t, "office", strings.Replace(at, file["hash"].(string), strings.Repeat("0", 64), 1)); a.status != 404 {
		t.Errorf("a file that is not of the case: %d", a.status)
	}
}

// What is wrong with a file stands at its field, and what was right stays.
func TestFormKeepsFiles(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	in := report("")
	a := p.upload(t, "/reports/new/file", "", in, map[string][]byte{"a.jpg": phonePhoto(t, 2)})
	if a.status != 422 || !strings.Contains(a.raw, `name="files" value="`) || !strings.Contains(a.raw, ">a.jpg<") {
		t.Fatalf("%d: the file is lost", a.status)
	}
	_, rest, _ := strings.Cut(a.raw, `name="files" value="`)
	in["files"], _, _ = strings.Cut(rest, `"`)
	in["what"] = "第二次才写标题"
	if a := p.upload(t, "/reports/new/file", "", in, nil); a.status != 201 {
		t.Fatalf("%d %.200s", a.status, a.raw)
	}
	p.latest(t, in["what"])
	for name, body := range map[string][]byte{"photo.jpg": []byte("MZ\x90"), "page.txt": []byte("<html>"), "drawing.png": []byte("<svg onload=x>")} {
		a := p.upload(t, "/reports/new/file", "", report("坏文件"), map[string][]byte{name: body})
		if a.status != 422 || !strings.Contains(a.raw, name) || !strings.Contains(a.raw, "不予接收") {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	many := map[string][]byte{}
	for i := range 5 {
		many[fmt.Sprint(i, ".txt")] = []byte("x")
	}
	if a := p.upload(t, "/reports/new/file", "", report("太多"), many); a.status != 422 {
		t.Errorf("five files: %d", a.status)
	}
	// With a session the form needs its token, in a form with files too.
	cookie := p.signIn(t, "hehua")
	if a := p.upload(t, "/reports/new/file", cookie, report("没有令牌"), nil); a.status != 403 {
		t.Errorf("without a token: %d", a.status)
	}
}

// A program sends a file first, then names its receipt.
func TestFileOverAPI(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	a := p.send(t, "POST", "/api/v1/files?name=scan.jpg", p.token(t, "hehua"), string(phonePhoto(t, 3)), nil)
	if a.status != 201 {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	in := map[string]any{}
	for k, v := range report("程序上传") {
		in[k] = v
	}
	refused := func(who string, files any, code string) {
		t.Helper()
		in["files"] = files
		if a := p.post(t, who, "/api/v1/reports", in); a.status != 422 || !strings.Contains(a.raw, code) {
			t.Errorf("%d %s, want %s", a.status, a.raw, code)
		}
	}
	refused("guangming", []string{a.str("receipt")}, "file.no_receipt")
	refused("hehua", []string{a.str("hash")}, "file.no_receipt")
	refused("hehua", []any{map[string]any{"hash": a.str("hash"), "name": "x", "type": "text/html", "size": 1}}, "schema.wrong_type")
	in["files"] = []string{a.str("receipt")}
	if a := p.post(t, "hehua", "/api/v1/reports", in); a.status != 201 {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	id, file := p.latest(t, "程序上传")
	if file["hash"] != a.str("hash") {
		t.Error("another file")
	}
	r, err := p.Bypass.Reports.Engine.Cases().Get(t.Context(), id)
	if err != nil || len(r.History[0].Files) != 1 || r.History[0].Files[0].Hash != a.str("hash") || r.History[0].Files[0].Name != "scan.jpg" {
		t.Errorf("the history names %+v, %v", r.History[0].Files, err)
	}
	n, broken, err := lifecycle.VerifyFiles(t.Context(), p.Portal.Store, "reports", p.Portal.Files.Check)
	if n == 0 || broken != nil || err != nil {
		t.Errorf("%d files, %v, %v", n, broken, err)
	}
	if n, err := p.Portal.Files.Sweep(t.Context(), p.named); n != 0 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
}

// A missing file is named, with the case and the entry that brought it.
func TestVerifyNamesFile(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	if a := p.upload(t, "/reports/new/file", "", report("要丢的文件"), map[string][]byte{"lost.txt": []byte("only once")}); a.status != 201 {
		t.Fatal(a.status)
	}
	_, file := p.latest(t, "要丢的文件")
	check := func(hash string) string {
		if hash == file["hash"] {
			return "is missing"
		}
		return ""
	}
	_, broken, err := lifecycle.VerifyFiles(t.Context(), p.Portal.Store, "reports", func(_ context.Context, hash string) (string, error) { return check(hash), nil })
	if err != nil || broken == nil || broken.Seq != 1 || !strings.Contains(broken.String(), "lost.txt") {
		t.Errorf("%v, %v", broken, err)
	}
}

// Only what takes files may be large.
func TestUploadLimits(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	large, huge := bytes.Repeat([]byte("a"), 5<<20), bytes.Repeat([]byte("a"), 11<<20)
	if a := p.upload(t, "/reports/new/file", "", report("大文件"), map[string][]byte{"a.txt": large}); a.status != 201 {
		t.Errorf("5 MB: %d", a.status)
	}
	if a := p.upload(t, "/reports/new/file", "", report("大文件"), map[string][]byte{"a.txt": huge}); a.status != 422 || !strings.Contains(a.raw, "10 MB") {
		t.Errorf("11 MB: %d", a.status)
	}
	for path, kind := range map[string]string{"/api/v1/reports": "application/json", "/api/v1/applications": "application/json",
		"/api/v1/session": "application/json", "/signin": "multipart/form-data; boundary=x"} {
		body := `{"what":"` + string(large[:2<<20]) + `"}` // whoever is refused may still be sending
		a := p.raw(t, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", path, kind, len(body), body))
		if a.status != 413 {
			t.Errorf("%s: 2 MB: %d", path, a.status)
		}
	}
	// Who may not do the act leaves nothing behind. A large body is not even read,
	// and whoever still writes may see the connection reset.
	if a := p.upload(t, "/payments/new/claim", "", map[string]string{}, map[string][]byte{"a.txt": []byte("a")}); a.status != 401 && a.status != 403 && a.status != 303 {
		t.Errorf("a claim of nobody: %d", a.status)
	}
}
