package amount

import "strings"

// Cut takes an amount from the start of a line: the first word, and those
// behind it that belong to the number ("1 000 bob") or are its unit ("5 BTC
// bob"). It decides where the amount ends, and Parse what it is; text may
// well be none. rest has no spaces in front.
func Cut(line string) (text, rest string) {
	text, rest = cutWord(strings.TrimLeftFunc(line, isSpace))
	for lone(text) && rest != "" { // a sign that stands apart
		text, rest = join(text, rest)
	}
	for isGroup(text) {
		next, _ := cutWord(rest)
		if digits, tail := cutDigits(next); len(digits) != 3 || !mayFollow(tail) {
			break
		}
		text, rest = join(text, rest)
	}
	if next, _ := cutWord(rest); IsUnitWord(next) && text != "" && isDigit(text[len(text)-1]) {
		text, rest = join(text, rest)
	}
	return text, rest
}

func cutWord(line string) (word, rest string) {
	end := strings.IndexFunc(line, isSpace)
	if end < 0 {
		return line, ""
	}
	return line[:end], strings.TrimLeftFunc(line[end:], isSpace)
}

// join moves the first word of rest to the end of text.
func join(text, rest string) (string, string) {
	word, rest := cutWord(rest)
	return text + " " + word, rest
}

// lone reports whether text is nothing but signs that stand before a number.
func lone(text string) bool {
	text = strings.TrimPrefix(text, "+")
	if rest, ok := cutMinus(text); ok {
		return rest == ""
	}
	sign, rest := frontSign(text)
	return rest == "" && sign != ""
}

// isGroup reports whether text ends in the whole part of a number that more
// groups of three may follow.
func isGroup(text string) bool {
	text = strings.TrimPrefix(text, "+")
	_, text = frontSign(text)
	words := strings.FieldsFunc(text, isSpace)
	for i, word := range words {
		if !isDigits(word) || len(word) > 3 || i > 0 && len(word) != 3 || word == "0" {
			return false
		}
	}
	return len(words) > 0
}

// mayFollow reports whether tail may stand right behind the last group:
// decimals, a unit, or nothing.
func mayFollow(tail string) bool {
	return tail == "" || tail[0] == '.' || tail[0] == ',' || IsUnitWord(tail)
}
