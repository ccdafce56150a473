package i18n

import (
	"strconv"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/amount"
)

// nbsp keeps a number and its unit on one line.
const nbsp = "\u00A0"

// Printer says phrases in one language, with amounts in one unit. It is a
// small value, made for one reply.
type Printer struct {
	c    *Catalogue
	l    *language
	unit amount.Unit
}

// Printer returns a printer for lang, as Match finds it, and unit, as
// amount.ParseUnit reads it (sat if it can not).
func (c *Catalogue) Printer(lang, unit string) Printer {
	u, err := amount.ParseUnit(unit)
	if err != nil {
		u = amount.InSat
	}
	return Printer{c, c.languages[c.Match(lang)], u}
}

// Lang returns the tag of the printer's language.
func (p Printer) Lang() string { return p.l.tag }

// Unit returns the unit the printer shows amounts in.
func (p Printer) Unit() amount.Unit { return p.unit }

// Has reports whether there is such a phrase, in the printer's language or
// the reference.
func (p Printer) Has(key string) bool {
	_, _, ok := p.find(key)
	return ok
}

// find returns a phrase and the language it is in.
func (p Printer) find(key string) (phrase, *language, bool) {
	if words, ok := p.l.phrases[key]; ok {
		return words, p.l, true
	}
	l := p.c.languages[Reference]
	words, ok := l.phrases[key]
	return words, l, ok
}

// Say fills the phrase of that key with args. A phrase that this language
// lacks is said in the reference language; of a phrase that nobody knows the
// key is said. An argument that is missing, or not what its place needs, is
// shown as it is, or as "?".
func (p Printer) Say(key string, args map[string]any) string {
	words, in, ok := p.find(key)
	if !ok {
		return key
	}
	var b strings.Builder
	p.fill(&b, words, in, args)
	return b.String()
}

// fill writes words, which are in a language, with their plurals by its rule.
func (p Printer) fill(b *strings.Builder, words phrase, in *language, args map[string]any) {
	for _, hole := range words {
		if hole.name == "" {
			b.WriteString(hole.text)
			continue
		}
		value := args[hole.name]
		n, whole := number(value)
		switch {
		case hole.form == "word":
			b.WriteString(p.Word(hole.name))
		case hole.form == "command":
			name, _ := value.(string)
			b.WriteString(p.Word(name))
		case hole.form == "if":
			p.fill(b, choose(present(value), hole.of), in, args)
		case hole.form == "said":
			if text, ok := value.(string); ok && text != "" {
				b.WriteString("\n> " + p.Quote(text))
			}
		case hole.form == "plural":
			p.fill(b, in.locale.plural.choose(n, whole, hole.of), in, args)
		case hole.form == "text" || !whole:
			b.WriteString(p.text(value))
		default:
			b.WriteString(p.number(hole.form, n))
		}
	}
}

func choose(first bool, of []phrase) phrase {
	if first {
		return of[0]
	}
	return of[1]
}

// text shows a value that is for no form.
func (p Printer) text(value any) string {
	switch v := value.(type) {
	case string:
		return Clean(v)
	case bool:
		if v {
			return p.Say("value.yes", nil)
		}
		return p.Say("value.no", nil)
	}
	if n, whole := number(value); whole {
		return strconv.FormatInt(n, 10)
	}
	return "?"
}

func (p Printer) number(form string, n int64) string {
	switch form {
	case "money":
		return p.money(amount.Msat(n), p.unit)
	case "btc":
		return p.money(amount.Msat(n), amount.InBTC)
	case "both":
		other := amount.InBTC
		if p.unit == amount.InBTC {
			other = amount.InSat
		}
		return p.money(amount.Msat(n), p.unit) + " (" + p.money(amount.Msat(n), other) + ")"
	case "date":
		return p.clock("form.date", n)
	case "time":
		return p.clock("form.time", n)
	case "for":
		return p.duration(n)
	}
	return p.int(n)
}

// money writes m with the unit's name, which may have a plural.
func (p Printer) money(m amount.Msat, u amount.Unit) string {
	text := amount.Format(m, u, p.l.locale.group, p.l.locale.decimal)
	var count any = text // a fraction, unless it is whole
	if m%u.Size() == 0 {
		count = int64(m / u.Size())
	}
	return text + nbsp + p.Say("unit."+string(u), map[string]any{"n": count})
}

// int writes n grouped, through the same digits as money.
func (p Printer) int(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + p.l.locale.group + text[i:]
	}
	return text
}

// clock writes a moment by a phrase that has its parts.
func (p Printer) clock(key string, unix int64) string {
	t := time.Unix(unix, 0).UTC()
	return p.Say(key, map[string]any{
		"day": t.Day(), "month": p.Say("month."+strconv.Itoa(int(t.Month())), nil), "year": t.Year(),
		"clock": t.Format("15:04"),
	})
}

// duration writes seconds in the unit in which they are a small number, and
// rounds down: what is left of a time limit is not made longer.
func (p Printer) duration(seconds int64) string {
	seconds = max(0, seconds)
	const minute, hour, day = 60, 3600, 86400
	key, n := "for.days", seconds/day
	switch {
	case seconds < minute:
		key, n = "for.seconds", seconds
	case seconds < 2*hour:
		key, n = "for.minutes", seconds/minute
	case seconds < 2*day:
		key, n = "for.hours", seconds/hour
	}
	return p.Say(key, map[string]any{"n": n})
}
