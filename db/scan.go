package db

import (
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jmoiron/sqlx/reflectx"
)

// names finds the field of a column as sqlx does.
var names = reflectx.NewMapperFunc("db", strings.ToLower)

// scan reads an answer of PostgreSQL into what a pointer points to, by the rules of sqlx: a
// slice takes all rows, anything else the first one.
func scan(rows pgx.Rows, into any) error {
	to := reflect.ValueOf(into).Elem()
	if !takesAll(to.Type()) {
		if !rows.Next() {
			rows.Close()
			if err := rows.Err(); err != nil {
				return err
			}
			return sql.ErrNoRows
		}
		if err := scanRow(rows, to); err != nil {
			return err
		}
		rows.Close()
		return rows.Err()
	}
	for rows.Next() {
		row := reflect.New(to.Type().Elem()).Elem()
		if err := scanRow(rows, row); err != nil {
			return err
		}
		to.Set(reflect.Append(to, row))
	}
	return rows.Err()
}

func scanRow(rows pgx.Rows, to reflect.Value) error {
	fields := rows.FieldDescriptions()
	places := make([]any, len(fields))
	if to.Kind() != reflect.Struct || to.Addr().Type().Implements(isScanner) {
		if len(fields) != 1 {
			return fmt.Errorf("db: %d columns where one was meant", len(fields))
		}
		places[0] = place(to, fields[0])
		return rows.Scan(places...)
	}
	for i, path := range paths(to.Type(), fields) {
		if len(path) == 0 {
			return fmt.Errorf("db: no place for the column %s in %s", fields[i].Name, to.Type())
		}
		places[i] = place(reflectx.FieldByIndexes(to, path), fields[i])
	}
	return rows.Scan(places...)
}

var isScanner = reflect.TypeFor[sql.Scanner]()

// place is where a column goes. A truth is kept as 0 or 1.
func place(v reflect.Value, f pgconn.FieldDescription) any {
	if v.Kind() == reflect.Bool && f.DataTypeOID != pgtype.BoolOID {
		return &truth{v}
	}
	return v.Addr().Interface()
}

type truth struct{ to reflect.Value }

// Scan implements sql.Scanner.
func (t *truth) Scan(v any) error {
	n, ok := v.(int64)
	if !ok || n != 0 && n != 1 {
		return fmt.Errorf("db: %v is neither 0 nor 1", v)
	}
	t.to.SetBool(n == 1)
	return nil
}

// pathsOf keeps where the columns of answers go.
var pathsOf sync.Map

type shape struct {
	is      reflect.Type
	columns string
}

// paths are the fields of a struct for some columns.
func paths(is reflect.Type, fields []pgconn.FieldDescription) [][]int {
	columns := make([]string, len(fields))
	for i, f := range fields {
		columns[i] = f.Name
	}
	s := shape{is, strings.Join(columns, "\n")}
	if found, ok := pathsOf.Load(s); ok {
		return found.([][]int)
	}
	made := names.TraversalsByName(is, columns)
	pathsOf.Store(s, made)
	return made
}
