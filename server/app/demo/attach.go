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
	f, err := s.House.Files.Keep(s.ctx, id, "files", name, body, 1<<20)
	if err != nil {
		s.err = fmt.Errorf("attach %s: %w", name, err)
		return nil
	}
	return []string{f.Receipt}
}

// screenshot draws what a chat looks like from afar: nobody's words are in it.
func screenshot() []byte {
	img := image.NewPaletted(image.Rect(0, 0, 240, 320), color.Palette{color.Gray{0xed}, color.White, color.RGBA{0x95, 0xd4, 0x75, 0xff}, color.Gray{0xaa}})
	fill := func(x0, y0, x1, y1 int, c uint8) {
		draw.Draw(img, image.Rect(x0, y0, x1, y1), image.NewUniform(img.Palette[c]), image.Point{}, draw.Src)
	}
	for i, width := range []int{150, 110, 170, 90} {
		y, x, c := 24+i*72, 16, uint8(1)
		if i%2 == 1 {
			x, c = 224-width, 2
		}
		fill(x, y, x+width, y+48, c)
		fill(x+10, y+14, x+width-14, y+20, 3)
		fill(x+10, y+28, x+width-40, y+34, 3)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // a picture in memory
	}
	return b.Bytes()
}
