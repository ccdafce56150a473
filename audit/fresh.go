package audit

import (
	"fmt"
	"regexp"

	"github.com/bitcoim/bitcoim/db"
)

// What changed has a name in the table unaudited, from the transaction that changed it until
// a look found it right. A look at what is new asks the rules of what is named there and of
// nothing else: it costs what happened since the last look, however old the books are.

// sets are the marks that stand in the queries of rules for what is new, with a subquery of
// one column for each: {order o.id} is whether o.id is in the one of orders. A set may have
// marks in it.
var sets = map[string]string{
	"ref":      `SELECT ref FROM unaudited`,
	"transfer": `SELECT transfer FROM unaudited WHERE transfer IS NOT NULL`,
	"account":  `SELECT debit FROM transfer WHERE {transfer id} UNION ALL SELECT credit FROM transfer WHERE {transfer id}`,
	// No transfer is refused for its name: what only looks like an order is none.
	"order": `SELECT CASE WHEN ref LIKE 'order:%' AND length(ref) BETWEEN 7 AND 24 AND ltrim(substr(ref, 7), '0123456789') = '' THEN CAST(substr(ref, 7) AS BIGINT) END FROM unaudited`,
	"coin":  `SELECT substr(ref, 6) FROM unaudited WHERE ref LIKE 'coin:%'`,
	// Also those that neighbours paid.
	"invoice": `SELECT substr(ref, 9) FROM unaudited WHERE ref LIKE 'invoice:%' UNION ALL SELECT payment_hash FROM payment_order WHERE to_user IS NOT NULL AND payment_hash IS NOT NULL AND {order id}`,
	"user":    `SELECT user_id FROM payment_order WHERE {order id} UNION ALL SELECT id FROM user_account WHERE {account held}`,
	"app":     `SELECT by_app FROM payment_order WHERE {order id}`,
}

// in is how an engine asks whether a column is in a set. PostgreSQL thinks that it may as well
// read the whole table, unless it is told to go by an index.
var in = map[db.Dialect]string{db.SQLite: "%s IN (%s)", db.Postgres: "%s = ANY (ARRAY(%s))"}

// rule is what must be so, in words. Its query lists what breaks it, in all books, or among
// what is new: a mark in braces says of which rows it is.
type rule struct {
	name, query string
	fresh       string // another query for what is new; "" it is the same
}

// all is the query in all the books.
func (r rule) all() string { return marks.ReplaceAllString(r.query, "TRUE") }

// new is the query among what is new.
func (r rule) new(of db.Dialect) string {
	if r.fresh != "" {
		return among(r.fresh, of)
	}
	return among(r.query, of)
}

var marks = regexp.MustCompile(`\{(\w+) ([^}]*)\}`)

// among puts the sets for their marks.
func among(query string, of db.Dialect) string {
	return marks.ReplaceAllStringFunc(query, func(mark string) string {
		m := marks.FindStringSubmatch(mark)
		return fmt.Sprintf(in[of], m[2], among(sets[m[1]], of))
	})
}
