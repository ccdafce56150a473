package component

import (
	"slices"
	"strconv"
)

// pageSize is how many items an answer holds at most. All users of a big
// gateway would be a stanza that servers end the stream for.
const pageSize = 200

// page adds the part of items that set asks for (XEP-0059 §2), and where it
// lies if that is not all of them.
func page(answer, set *Element, items []*Element) (*Element, error) {
	total := len(items)
	from, to := 0, total
	if after := set.ChildText(nsRSM, "after"); after != "" {
		i := find(items, after)
		if i < 0 {
			return nil, errNotFound
		}
		from = i + 1
	}
	before := set.Child(nsRSM, "before")
	if before != nil && before.Text != "" {
		i := find(items, before.Text)
		if i < 0 {
			return nil, errNotFound
		}
		to = max(i, from)
	}
	most := pageSize
	if n, err := strconv.Atoi(set.ChildText(nsRSM, "max")); err == nil && n >= 0 {
		most = min(n, pageSize)
	}
	switch {
	case to-from <= most:
	case before != nil:
		from = to - most
	default:
		to = from + most
	}
	answer.Add(items[from:to]...)
	if set == nil && to-from == total {
		return answer, nil
	}
	where := El(nsRSM, "set")
	if from < to {
		where.Add(
			El(nsRSM, "first").Says(uid(items[from])).With("index", strconv.Itoa(from)),
			El(nsRSM, "last").Says(uid(items[to-1])),
		)
	}
	return answer.Add(where.Add(El(nsRSM, "count").Says(strconv.Itoa(total)))), nil
}

// uid names an item among its like.
func uid(e *Element) string {
	if node := e.Value("node"); node != "" {
		return e.Value("jid") + " " + node
	}
	return e.Value("jid")
}

func find(items []*Element, id string) int {
	return slices.IndexFunc(items, func(e *Element) bool { return uid(e) == id })
}
