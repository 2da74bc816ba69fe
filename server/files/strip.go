package files

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// A photo tells where and when it was taken, with which phone, and often holds
// a small copy of what was cut away. Pictures are kept without any of it: only
// what is needed to show them stays, and which way up they are.

// cleanJPEG copies the segments that draw the picture.
func cleanJPEG(b []byte) ([]byte, error) {
	out := []byte{0xff, 0xd8}
	turned := byte(1)
	for i := 2; ; {
		for i < len(b) && b[i] == 0xff && i+1 < len(b) && b[i+1] == 0xff {
			i++ // fill bytes
		}
		if i+4 > len(b) || b[i] != 0xff {
			return nil, errBroken
		}
		mark, n := b[i+1], int(binary.BigEndian.Uint16(b[i+2:]))
		if n < 2 || i+2+n > len(b) {
			return nil, errBroken
		}
		seg := b[i : i+2+n]
		i += 2 + n
		switch {
		case mark == 0xe1:
			if o := orientation(seg[4:]); o != 0 {
				turned = o
			}
		case mark == 0xda:
			if turned != 1 {
				out = slices.Insert(out, 2, upright(turned)...)
			}
			end, err := scans(b, i)
			if err != nil {
				return nil, err
			}
			return append(append(append(out, seg...), b[i:end]...), 0xff, 0xd9), nil
		case needed(mark, seg[4:]):
			out = append(out, seg...)
		}
	}
}

// needed keeps tables and frames, the JFIF head, the colour profile and Adobe's
// mark of the colour space; every other application's segment and comments go.
func needed(mark byte, body []byte) bool {
	switch {
	case mark == 0xe0:
		return bytes.HasPrefix(body, []byte("JFIF\x00"))
	case mark == 0xe2:
		return bytes.HasPrefix(body, []byte("ICC_PROFILE\x00"))
	case mark == 0xee:
		return bytes.HasPrefix(body, []byte("Adobe"))
	}
	return !(mark >= 0xe1 && mark <= 0xef || mark == 0xfe)
}

// scans finds the end of the picture. Between the scans of a progressive
// picture stand tables only; whatever follows its end is left behind.
func scans(b []byte, i int) (int, error) {
	for ; i+1 < len(b); i++ {
		if b[i] != 0xff {
			continue
		}
		switch m := b[i+1]; {
		case m == 0 || m == 0xff || m >= 0xd0 && m <= 0xd7:
		case m == 0xd9:
			return i, nil
		case m == 0xda || m == 0xc4 || m == 0xdb || m == 0xdd:
			if i+4 > len(b) {
				return 0, errBroken
			}
			i += 1 + int(binary.BigEndian.Uint16(b[i+2:]))
		default: // a comment or an application in the middle of a picture
			return 0, errBroken
		}
	}
	return 0, errBroken
}

// orientation reads which way up a photo is, 1 to 8; 0 when it does not say.
func orientation(body []byte) byte {
	tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(tiff[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > len(tiff) {
		return 0
	}
	for n, i := int(order.Uint16(tiff[at:])), 0; i < n; i++ {
		e := at + 2 + 12*i
		if e+12 > len(tiff) {
			return 0
		}
		if order.Uint16(tiff[e:]) == 0x0112 {
			if v := order.Uint16(tiff[e+8:]); v >= 1 && v <= 8 {
				return byte(v)
			}
		}
	}
	return 0
}

// upright is an EXIF segment that says which way up the picture is, and no more.
func upright(o byte) []byte {
	return append([]byte("\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), o, 0, 0, 0, 0, 0, 0)
}

const pngMark = "\x89PNG\r\n\x1a\n"

// pngChunks draw the picture; texts, times and EXIF go.
var pngChunks = []string{"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYs"}

func cleanPNG(b []byte) ([]byte, error) {
	out := []byte(pngMark)
	for i := len(pngMark); ; {
		if i+12 > len(b) {
			return nil, errBroken
		}
		n := int(binary.BigEndian.Uint32(b[i:]))
		if n < 0 || n > len(b)-i-12 {
			return nil, errBroken
		}
		name := string(b[i+4 : i+8])
		if slices.Contains(pngChunks, name) {
			out = append(out, b[i:i+12+n]...)
		}
		if i += 12 + n; name == "IEND" {
			return out, nil
		}
	}
}

// Bits of a WebP's extended head that announce EXIF and XMP.
const webpTells = 0x08 | 0x04

func cleanWebP(b []byte) ([]byte, error) {
	end := int(binary.LittleEndian.Uint32(b[4:])) + 8
	if end > len(b) || end < 20 {
		return nil, errBroken
	}
	out, drawn := append([]byte{}, b[:12]...), false
	for i := 12; i < end; {
		if i+8 > end {
			return nil, errBroken
		}
		n := int(binary.LittleEndian.Uint32(b[i+4:]))
		next := i + 8 + n + n%2
		if n < 0 || next > end {
			return nil, errBroken
		}
		chunk := bytes.Clone(b[i:next])
		switch name := string(b[i : i+4]); name {
		case "VP8X":
			if n < 10 {
				return nil, errBroken
			}
			chunk[8] &^= webpTells
			out = append(out, chunk...)
		case "VP8 ", "VP8L", "ANMF":
			out, drawn = append(out, chunk...), true
		case "ALPH", "ANIM", "ICCP":
			out = append(out, chunk...)
		}
		i = next
	}
	if !drawn {
		return nil, errBroken
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}
