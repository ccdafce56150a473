package audit

import "strings"

// What changed has a name in the table unaudited, from the transaction that changed it until
// a look found it right. A look at what is new asks the rules of what is named there and of
// nothing else: it costs what happened since the last look, however old the books are.

// The sets of what is new, as subqueries of one column.
const (
	newRefs      = `SELECT ref FROM unaudited`
	newTransfers = `SELECT transfer FROM unaudited WHERE transfer IS NOT NULL`
	newAccounts  = `SELECT t.debit FROM unaudited n JOIN transfer t ON t.id = n.transfer UNION ALL SELECT t.credit FROM unaudited n JOIN transfer t ON t.id = n.transfer`
	// newOrders passes over what only looks like an order: no transfer is refused for its name.
	newOrders = `SELECT CASE WHEN ref LIKE 'order:%' AND length(ref) BETWEEN 7 AND 24 AND ltrim(substr(ref, 7), '0123456789') = '' THEN CAST(substr(ref, 7) AS BIGINT) END FROM unaudited`
	newCoins  = `SELECT substr(ref, 6) FROM unaudited WHERE ref LIKE 'coin:%'`
	// newInvoices are also those that neighbours paid.
	newInvoices = `SELECT substr(ref, 9) FROM unaudited WHERE ref LIKE 'invoice:%' UNION ALL SELECT payment_hash FROM payment_order WHERE to_user IS NOT NULL AND payment_hash IS NOT NULL AND id IN (` + newOrders + `)`
	newUsers    = `SELECT user_id FROM payment_order WHERE id IN (` + newOrders + `) UNION ALL SELECT id FROM user_account WHERE held IN (` + newAccounts + `)`
	newApps     = `SELECT by_app FROM payment_order WHERE by_app IS NOT NULL AND id IN (` + newOrders + `)`
)

// sets are the marks that stand in the queries of rules for a set: {order o.id} is whether
// o.id is in it.
var sets = map[string]string{
	"ref": newRefs, "transfer": newTransfers, "account": newAccounts, "order": newOrders,
	"coin": newCoins, "invoice": newInvoices, "user": newUsers, "app": newApps,
}

// rule is what must be so, in words. Its query lists what breaks it, in all books, or among
// what is new: a mark in braces says of which rows it is.
type rule struct {
	name, query string
	fresh       string // another query for what is new; "" it is the same
}

// of is the query in all books, or among what is new.
func (r rule) of(all bool) string {
	query := r.query
	if !all && r.fresh != "" {
		query = r.fresh
	}
	var b strings.Builder
	for {
		before, rest, marked := strings.Cut(query, "{")
		b.WriteString(before)
		if !marked {
			return b.String()
		}
		mark, after, _ := strings.Cut(rest, "}")
		query = after
		set, column, _ := strings.Cut(mark, " ")
		if all {
			b.WriteString("TRUE")
		} else {
			b.WriteString(column + " IN (" + sets[set] + ")")
		}
	}
}
