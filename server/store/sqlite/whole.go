package sqlite

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"gatehouse/server/fault"
)

// identity knows the file, and its log of writes, that were opened. SQLite
// keeps both open and goes on writing into them when their names are gone or
// lead to others: everybody is told yes, and nothing is there after the end.
type identity struct {
	path string
	mu   sync.Mutex
	file os.FileInfo
	log  os.FileInfo
}

// whole gives an error once the file or its log is not the one that was opened.
func (i *identity) whole() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if err := same(i.path, &i.file); err != nil {
		return err
	}
	// The log is there from the first write to the end.
	if err := same(i.path+"-wal", &i.log); err != nil && i.log != nil {
		return err
	}
	return nil
}

func same(path string, known *os.FileInfo) error {
	now, err := os.Stat(path)
	switch {
	case err == nil && *known == nil:
		*known = now
	case err != nil:
		return fault.Unkept(fmt.Errorf("store: %w", err))
	case !os.SameFile(now, *known):
		return fault.Unkept(fmt.Errorf("store: %s is another file than the one that was opened", path))
	}
	return nil
}

// unkept tells of a write that nothing is wrong with but that there is no room
// for it.
func unkept(err error) error {
	var e *sqlite.Error
	var f *fault.Error
	if !errors.As(err, &e) || errors.As(err, &f) {
		return err
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_FULL, lib.SQLITE_IOERR, lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN:
		return fault.Unkept(err)
	}
	return err
}
