package lime

// eachField calls f with the name and the raw value of each field of a JSON
// object. Of a field that is there twice, f sees both, the last one last. Names
// with escapes are unescaped. Where the text is no JSON after all, it stops.
func eachField(object string, f func(name, value string)) {
	i := skip(object, skip(object, 0)+1)
	for i < len(object) && object[i] == '"' {
		name, after := object[i:stringEnd(object, i)], stringEnd(object, i)
		key, ok := unquote(name)
		i = skip(object, skip(object, after)+1) // behind the colon
		if !ok || i >= len(object) {
			return
		}
		end := value(object, i)
		f(key, object[i:end])
		i = skip(object, skip(object, end)+1) // behind the comma
	}
}

// skip returns the place of the first byte from i on that is not white space.
func skip(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\r' || s[i] == '\t') {
		i++
	}
	return i
}

// value returns the end of the JSON value that starts at i.
func value(s string, i int) int {
	if i >= len(s) {
		return len(s)
	}
	switch s[i] {
	case '"':
		return stringEnd(s, i)
	case '{', '[':
		for depth := 0; i < len(s); i++ {
			switch s[i] {
			case '"':
				i = stringEnd(s, i) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
		return len(s)
	}
	for i < len(s) && s[i] != ',' && s[i] != '}' && s[i] != ']' && skip(s[i:i+1], 0) == 0 {
		i++
	}
	return i
}

// stringEnd returns the end of the JSON string that starts at i.
func stringEnd(s string, i int) int {
	for i++; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}
