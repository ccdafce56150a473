package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// A value of the configuration is a *string, *bool, *int, *int64,
// *time.Duration, *[]string or *Secret.

const (
	wantText     = "must be a text in quotes"
	wantBool     = "must be true or false"
	wantNumber   = "must be a whole number"
	wantDuration = `must be a duration such as "30s" or "10m"`
	wantList     = "must be a list of texts in quotes"
)

// decode sets a value from decoded TOML and says what is wrong with it, or "".
func decode(at, v any) string {
	switch at := at.(type) {
	case *string:
		return as(v, at, wantText)
	case *bool:
		return as(v, at, wantBool)
	case *int64:
		return as(v, at, wantNumber)
	case *int:
		n, ok := v.(int64)
		if !ok || n != int64(int(n)) {
			return wantNumber
		}
		*at = int(n)
	case *time.Duration:
		s, ok := v.(string)
		if !ok {
			return wantDuration
		}
		return scan(at, s)
	case *Secret:
		s, ok := v.(string)
		if !ok {
			return wantText
		}
		*at = NewSecret(s)
	case *[]string:
		items, ok := v.([]any)
		if !ok {
			return wantList
		}
		list := make([]string, len(items))
		for i, item := range items {
			if complaint := as(item, &list[i], wantList); complaint != "" {
				return complaint
			}
		}
		*at = list
	}
	return ""
}

func as[T any](v any, at *T, complaint string) string {
	t, ok := v.(T)
	if !ok {
		return complaint
	}
	*at = t
	return ""
}

// scan sets a value from the text of an environment variable, where lists
// have commas between their items.
func scan(at any, s string) string {
	switch at := at.(type) {
	case *string:
		*at = s
	case *Secret:
		*at = NewSecret(s)
	case *bool:
		if s != "true" && s != "false" {
			return wantBool
		}
		*at = s == "true"
	case *int:
		n, err := strconv.ParseInt(strings.ReplaceAll(s, "_", ""), 10, strconv.IntSize)
		if err != nil {
			return wantNumber
		}
		*at = int(n)
	case *int64:
		n, err := strconv.ParseInt(strings.ReplaceAll(s, "_", ""), 10, 64)
		if err != nil {
			return wantNumber
		}
		*at = n
	case *time.Duration:
		d, err := time.ParseDuration(s)
		if err != nil {
			return wantDuration
		}
		*at = d
	case *[]string:
		*at = nil
		for item := range strings.SplitSeq(s, ",") {
			if item = strings.TrimSpace(item); item != "" {
				*at = append(*at, item)
			}
		}
	}
	return ""
}

// render is a value as TOML; "" if it is empty and so better left out.
func render(at any) string {
	switch at := at.(type) {
	case *string:
		if *at != "" {
			return quote(*at)
		}
	case *bool:
		return strconv.FormatBool(*at)
	case *int:
		return grouped(int64(*at))
	case *int64:
		return grouped(*at)
	case *time.Duration:
		return quote(short(*at))
	case *[]string:
		items := make([]string, len(*at))
		for i, item := range *at {
			items[i] = quote(item)
		}
		if len(items) > 0 {
			return "[" + strings.Join(items, ", ") + "]"
		}
	}
	return ""
}

// quote leaves the escapes to the library that reads them again.
func quote(s string) string {
	text, err := toml.Marshal(map[string]string{"s": s})
	if err != nil {
		return strconv.Quote(s)
	}
	return strings.TrimSpace(strings.TrimPrefix(string(text), "s = "))
}

// grouped writes 1000000 as 1_000_000.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "_" + s[i:]
	}
	return s
}

// short writes a duration without the zeros of its own String ("10m0s").
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// number is a value that can be compared, and how to say another of its kind.
func number(at any) (n int64, say func(int64) string) {
	switch at := at.(type) {
	case *int:
		return int64(*at), grouped
	case *int64:
		return *at, grouped
	case *time.Duration:
		return int64(*at), func(n int64) string { return short(time.Duration(n)) }
	}
	return math.MinInt64, func(n int64) string { return fmt.Sprint(n) }
}
