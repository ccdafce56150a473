package i18n

import "strings"

// Clip cleans a stranger's words and keeps n characters of them.
func Clip(text string, n int) string {
	text = strings.TrimSpace(Clean(text))
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}
