package audit

// balances are the rules of transfers and accounts that the ledger has not for itself.
var balances = []rule{
	{name: "every transfer is between two accounts that there are", query: `
SELECT 'transfer ' || CAST(t.id AS TEXT) || ' is from account ' || CAST(t.debit AS TEXT) || ' to ' || CAST(t.credit AS TEXT) AS what
FROM transfer t
LEFT JOIN account d ON d.id = t.debit
LEFT JOIN account c ON c.id = t.credit
WHERE {transfer t.id} AND (d.id IS NULL OR c.id IS NULL)`},
	{name: "a balance is what was proved of it and what came since", query: proved("t.id IN (" + sets["transfer"] + ")"), fresh: proved("{transfer t.id}")},
}

// unproved is one of the ledger's rules, of what is new alone.
var unproved = []rule{
	{name: "no user and no hold is below zero", query: `
SELECT name || ' has ' || CAST(bal AS TEXT) || ' msat' AS what FROM account WHERE {account id} AND kind <> 'system' AND bal < 0`},
}

// proved lists the balances that are not what a look found right of them, and what is new
// of them, by how it is asked whether a transfer is. What was found right moves in the transaction
// that takes the names away.
func proved(isNew string) string {
	return `
SELECT a.name || ' has ' || CAST(a.bal AS TEXT) || ' msat, what was proved and what came since say ' || CAST(COALESCE(p.bal, 0) + COALESCE(f.bal, 0) AS TEXT) AS what
FROM account a
LEFT JOIN audited p ON p.account_id = a.id
LEFT JOIN (
    SELECT id, CAST(SUM(amt / 1000000000) * 1000000000 + SUM(amt % 1000000000) AS BIGINT) AS bal -- the turnover may exceed 64 bits
    FROM (
        SELECT t.credit AS id, t.amt FROM transfer t WHERE ` + isNew + `
        UNION ALL
        SELECT t.debit AS id, -t.amt AS amt FROM transfer t WHERE ` + isNew + `
    ) legs
    GROUP BY id
) f ON f.id = a.id
WHERE {account a.id} AND a.bal <> COALESCE(p.bal, 0) + COALESCE(f.bal, 0)`
}
