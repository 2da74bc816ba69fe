package people

import (
	"context"
	"testing"

	"github.com/go-webauthn/webauthn/protocol"
)

// Whatever a stranger sends in place of what a device signs opens nothing.
func FuzzSigned(f *testing.F) {
	w, err := relyingParty("https://gate.test")
	if err != nil {
		f.Fatal(err)
	}
	p := &People{passkeys: w, mem: newMemory()}
	p.mem.users["li"] = &User{Login: "li"}
	_, s, err := w.BeginDiscoverableLogin()
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "{}", "null", `{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"authenticatorData":"AA","clientDataJSON":"e30","signature":"AA","userHandle":"bGk"}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, signed []byte) {
		if _, key, err := p.whoSigned(context.Background(), *s, signed); key != nil || err != nil {
			t.Errorf("%q opens: %v", signed, err)
		}
		if answer, err := protocol.ParseCredentialCreationResponseBytes(signed); err == nil {
			if key, err := w.CreateCredential(holder{&User{Login: "li"}, nil}, *s, answer); err == nil {
				t.Errorf("%q joins as %x", signed, key.ID)
			}
		}
	})
}
