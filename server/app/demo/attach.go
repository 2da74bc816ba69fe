package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
)

// attach keeps a file in somebody's name and gives the receipt that an act of
// theirs takes it by.
func (s *story) attach(by, name string, body []byte) []string {
	if s.err != nil {
		return nil
	}
	id := ""
	if by != nobody {
		var ok bool
		if id, ok = s.Person(by); !ok {
			s.err = fmt.Errorf("nobody is called %q", by)
			return nil
		}
	}
	f, err := s.Portal.Files.Keep(s.ctx, id, "files", name, body, 1<<20)
	if err != nil {
		s.err = fmt.Errorf("attach %s: %w", name, err)
		return nil
	}
	return []string{f.Receipt}
}

// canvas gives a picture of a few colours, the first its ground, how to fill a
// part of it, and its bytes.
func canvas(w, h int, colours ...color.Color) (fill func(x0, y0, x1, y1 int, c uint8), encode func() []byte) {
	img := image.NewPaletted(image.Rect(0, 0, w, h), colours)
	fill = func(x0, y0, x1, y1 int, c uint8) {
		draw.Draw(img, image.Rect(x0, y0, x1, y1), image.NewUniform(img.Palette[c]), image.Point{}, draw.Src)
	}
	return fill, func() []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			panic(err) // a picture in memory
		}
		return b.Bytes()
	}
}

// workDone draws a new pipe under a sink.
func workDone() []byte {
	fill, encode := canvas(320, 240, color.Gray{0xe4}, color.Gray{0xcc}, color.White, color.RGBA{0x8a, 0x9b, 0xa8, 0xff})
	for y := 0; y < 240; y += 40 {
		fill(0, y, 320, y+2, 1)
	}
	for x := 0; x < 320; x += 40 {
		fill(x, 0, x+2, 240, 1)
	}
	fill(60, 20, 260, 80, 2)
	fill(150, 80, 170, 160, 3)
	fill(150, 140, 230, 160, 3)
	fill(210, 140, 230, 240, 3)
	return encode()
}

// screenshot draws what a chat looks like from afar: nobody's words are in it.
func screenshot() []byte {
	fill, encode := canvas(240, 320, color.Gray{0xed}, color.White, color.RGBA{0x95, 0xd4, 0x75, 0xff}, color.Gray{0xaa})
	for i, width := range []int{150, 110, 170, 90} {
		y, x, c := 24+i*72, 16, uint8(1)
		if i%2 == 1 {
			x, c = 224-width, 2
		}
		fill(x, y, x+width, y+48, c)
		fill(x+10, y+14, x+width-14, y+20, 3)
		fill(x+10, y+28, x+width-40, y+34, 3)
	}
	return encode()
}
