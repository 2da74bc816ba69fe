package app_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
)

// The fasthttp that Fiber asks for turns a line break in a redirect into a
// header; ours must not. See decisions/0010.
func TestRedirectsSetNoHeaders(t *testing.T) {
	t.Parallel()
	app := fiber.New(fiber.Config{Immutable: true})
	app.Get("/", func(c *fiber.Ctx) error { return c.Redirect("/next?" + c.Query("q")) })
	res, err := app.Test(httptest.NewRequest("GET", "/?q=a%0d%0aSet-Cookie:%20planted=1%0d%0aX-Planted:%201", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != fiber.StatusFound || len(res.Header["Set-Cookie"]) > 0 || res.Header.Get("X-Planted") != "" {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
}

// Strings of a request are kept; the next request must not write over them.
func TestStringsOutliveTheirRequest(t *testing.T) {
	t.Parallel()
	app := fiber.New(fiber.Config{Immutable: true})
	var kept []string
	app.Post("/:id", func(c *fiber.Ctx) error {
		kept = append(kept, c.Params("id"), c.Query("q"), c.FormValue("f"), c.Get("X-Person"))
		return nil
	})
	for _, x := range []string{"aaaa", "bbbb", "cccc"} {
		r := httptest.NewRequest("POST", "/"+x+"?q="+x, strings.NewReader("f="+x))
		r.Header.Set(fiber.HeaderContentType, fiber.MIMEApplicationForm)
		r.Header.Set("X-Person", x)
		res, err := app.Test(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	if got := strings.Join(kept, " "); got != "aaaa aaaa aaaa aaaa bbbb bbbb bbbb bbbb cccc cccc cccc cccc" {
		t.Error(got)
	}
}
