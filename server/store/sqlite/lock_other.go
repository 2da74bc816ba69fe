//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package sqlite

import (
	"errors"
	"os"
)

// lockFile refuses: two processes on one file would lose each other's notices.
func lockFile(string) (*os.File, error) {
	return nil, errors.New("this system has no file lock that SQLite storage could rely on")
}
