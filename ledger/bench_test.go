package ledger_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
)

// payers are as many accounts with money as it takes for clients to meet seldom.
const payers = 200

// BenchmarkPost is one transfer in its own durable transaction, beside what the
// engine needs for a prepared INSERT of the same row without any rule.
func BenchmarkPost(b *testing.B) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		c := dbtest.Empty(b, dialect)
		d := dbtest.Open(b, c)
		if err := d.Upgrade(b.Context(), false, func(db.Step) {}); err != nil {
			b.Fatal(err)
		}
		users, held := rich(b, d)
		insert := plain(b, c)
		var n atomic.Int64
		for _, clients := range []int{1, 16} {
			b.Run(fmt.Sprintf("%s/clients=%d/insert", dialect, clients), func(b *testing.B) {
				parallel(b, clients, func(ctx context.Context) error {
					_, err := insert.ExecContext(ctx, fmt.Sprintf("order:%d", n.Add(1)), "pay", 1, 2, 1, 7)
					return err
				})
			})
			b.Run(fmt.Sprintf("%s/clients=%d/post", dialect, clients), func(b *testing.B) {
				parallel(b, clients, func(ctx context.Context) error {
					from := rand.IntN(payers)
					return post(ctx, d, ledger.Transfer{Ref: fmt.Sprintf("order:%d", n.Add(1)), Step: "hold",
						Debit: users[from], Credit: held[(from+1+rand.IntN(payers-1))%payers], Amount: 1, At: 7})
				})
			})
		}
	}
}

// parallel shares the work of a benchmark out to clients.
func parallel(b *testing.B, clients int, do func(ctx context.Context) error) {
	var left atomic.Int64
	left.Store(int64(b.N))
	done := make(chan error, clients)
	b.ResetTimer()
	for range clients {
		go func() {
			for left.Add(-1) >= 0 {
				if err := do(b.Context()); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range clients {
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
}

func rich(b *testing.B, d *db.DB) (users, held []ledger.Account) {
	users, held = make([]ledger.Account, payers), make([]ledger.Account, payers)
	if err := d.Tx(b.Context(), func(tx *db.Tx) error {
		chain, err := ledger.System(b.Context(), tx, "chain")
		if err != nil {
			return err
		}
		for i := range users {
			if users[i], held[i], err = ledger.Open(b.Context(), tx, fmt.Sprint("user", i)); err != nil {
				return err
			}
			x := ledger.Transfer{Ref: fmt.Sprint("import:", i), Step: "open", Debit: chain, Credit: users[i], Amount: amount.BTC}
			if err := ledger.Post(b.Context(), tx, x); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	return users, held
}

// plain prepares an insert into a table that has the columns of transfer and
// its keys, on connections that are as durable as ours.
func plain(b *testing.B, c db.Config) *sql.Stmt {
	driver, dsn, connections, id := "pgx", c.DSN, 16, "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
	if c.Driver == "sqlite" {
		q := url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(10000)"}}
		driver, dsn, connections, id = "sqlite", "file:"+c.File+"?"+q.Encode(), 1, "INTEGER PRIMARY KEY"
	}
	p, err := sql.Open(driver, dsn)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { p.Close() })
	p.SetMaxOpenConns(connections)
	p.SetMaxIdleConns(connections)
	_, err = p.Exec(`CREATE TABLE plain (id ` + id + `, ref TEXT NOT NULL, step TEXT NOT NULL, debit BIGINT NOT NULL, credit BIGINT NOT NULL,
		amt BIGINT NOT NULL, created BIGINT NOT NULL, UNIQUE (ref, step))`)
	if err != nil {
		b.Fatal(err)
	}
	s, err := p.Prepare(`INSERT INTO plain (ref, step, debit, credit, amt, created) VALUES ($1, $2, $3, $4, $5, $6)`)
	if err != nil {
		b.Fatal(err)
	}
	return s
}
