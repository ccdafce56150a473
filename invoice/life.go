package invoice

import "strconv"

// Life names one life of the Lightning node with this public key. A node that comes back
// from its seed has the key that it had, and counts its receipts from 1 again. So each
// time that an operator has said that it forgot what it showed, another life begins,
// with a cursor of its own. What was received in an earlier one is not asked of it.
func Life(node string, forgot int64) string {
	if forgot == 0 {
		return node
	}
	return node + ":" + strconv.FormatInt(forgot, 10)
}
