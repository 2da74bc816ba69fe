package people

// Hashed is how many hashes were computed.
func Hashed() int64 { return hashed.Load() }
