package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed static
var staticFiles embed.FS

// styles in the order of the cascade: a later file may rely on an earlier one.
var styles = []string{"tokens", "base", "layout", "components", "forms", "front", "staff", "console", "print"}

// scripts so that an imported one stands before those that import it.
var scripts = []string{"swap.js", "rows.js", "busy.js", "check.js", "keys.js", "print.js", "live.js", "console.js", "passkey.js"}

// workers are scripts that no page loads by itself; a script names them.
var workers = []string{"liveworker.js"}

type file struct {
	body, gz []byte
	kind     string
}

type bundle struct {
	names map[string]string // app.css -> /static/app.<hash>.css
	files map[string]file   // by path
}

var built = sync.OnceValue(func() *bundle {
	b := &bundle{names: map[string]string{}, files: map[string]file{}}
	var css bytes.Buffer
	for _, s := range styles {
		css.Write(mustRead("static/css/" + s + ".css"))
	}
	b.add("app.css", "text/css; charset=utf-8", css.Bytes())
	b.add("icon.svg", "image/svg+xml", mustRead("static/icon.svg"))
	for _, s := range workers {
		b.add(s, "text/javascript; charset=utf-8", mustRead("static/js/"+s))
	}
	for _, s := range scripts {
		// An import names the file by its hash, or a browser could keep an old one.
		body := string(mustRead("static/js/" + s))
		for name, at := range b.names {
			body = strings.ReplaceAll(body, "'./"+name+"'", "'./"+path.Base(at)+"'")
		}
		b.add(s, "text/javascript; charset=utf-8", []byte(body))
	}
	return b
})

func mustRead(name string) []byte {
	b, err := fs.ReadFile(staticFiles, name)
	if err != nil {
		panic(err) // embedded at build time: it is there or the build is wrong
	}
	return b
}

func (b *bundle) add(name, kind string, body []byte) {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	at := "/static/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	var z bytes.Buffer
	w, _ := gzip.NewWriterLevel(&z, gzip.BestCompression)
	w.Write(body) // into memory: cannot fail
	w.Close()
	b.names[name] = at
	b.files[at] = file{body: body, gz: z.Bytes(), kind: kind}
}

// Asset gives the address of a static file with its hash in the name; a file
// that is not there panics in the first test that draws a page.
func Asset(name string) string {
	at, ok := built().names[name]
	if !ok {
		panic("web: no static file " + name)
	}
	return at
}

func scriptAssets() []string {
	out := make([]string, len(scripts))
	for i, s := range scripts {
		out[i] = Asset(s)
	}
	return out
}

// Static gives a static file by its address, plain and gzipped. The name holds
// its hash, so an answer may be kept forever.
func Static(path string) (body, gz []byte, contentType string, ok bool) {
	f, ok := built().files[path]
	return f.body, f.gz, f.kind, ok
}
