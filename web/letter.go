package web

import (
	"html/template"
	"time"
)

// LetterSpec is an official letter on A4: the office's head, the number, whom
// it goes to, what it says, who signs. All text is data; the language of the
// letter is the office's.
type LetterSpec struct {
	Office string // the issuing body, as the head
	Number string // of the document
	Title  string
	To     string
	Body   template.HTML // paragraphs
	Signed string        // who signs; "" takes Office
	Date   time.Time
	Code   string // to verify it, in words
	Verify string // address the QR code holds, "" for none
}

// Letter draws the sheet; show it on a Page with Print set.
func Letter(l Lang, s LetterSpec) template.HTML {
	h := NewH(l)
	h.Raw(`<article class="letter"><header class="letter-head"><p class="letter-office">`)
	h.Text(s.Office)
	h.Raw(`</p>`)
	if s.Number != "" {
		h.Raw(`<p class="letter-number">`)
		h.Text(s.Number)
		h.Raw(`</p>`)
	}
	h.Raw(`</header><h1>`)
	h.Text(s.Title)
	h.Raw(`</h1>`)
	if s.To != "" {
		h.Raw(`<p class="letter-to">`)
		h.T("letter.colon", "to", s.To)
		h.Raw(`</p>`)
	}
	h.Raw(`<div class="letter-body">`)
	h.Add(s.Body)
	h.Raw(`</div><footer class="letter-foot">`)
	s.verify(h)
	h.Raw(`<div class="letter-sign"><p>`)
	h.Text(or(s.Signed, s.Office))
	h.Raw(`</p><p class="letter-seal">`)
	h.T("letter.seal")
	h.Raw(`</p><p>`)
	h.Text(l.Date(s.Date))
	h.Raw(`</p></div></footer></article>`)
	return h.HTML()
}

func (s LetterSpec) verify(h *H) {
	if s.Verify == "" && s.Code == "" {
		return
	}
	h.Raw(`<div class="letter-verify">`)
	if s.Verify != "" {
		h.Add(QR(h.l, s.Verify))
	}
	if s.Code != "" {
		h.Raw(`<p>`)
		h.T("letter.verify", "code", s.Code)
		h.Raw(`</p>`)
	}
	h.Raw(`</div>`)
}
