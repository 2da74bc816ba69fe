//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package conns

import "syscall"

// descriptors is how many files and connections the process may have open.
func descriptors() int {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil || r.Cur > 1<<20 {
		return 1 << 20
	}
	return int(r.Cur)
}
