package lane

// Room reports whether a group may add one to what it has, of which all have so many
// together, and at most so many may. A group has no more than is left for others. An
// eighth of all is kept for groups that have little, a hundredth of all at most, so that
// some groups do not halve what is left until there is nothing. Whoever has many groups
// takes all of that, too: another eighth is kept for home, "" if there is none.
func Room(of map[string]int, all, most int, group, home string) bool {
	return fits(of, all, most, most/100, group, home)
}

// fits is Room, where little is so many.
func fits(of map[string]int, all, most, little int, group, home string) bool {
	kept := most / 8
	has, left := of[group], most-all
	switch {
	case home == "":
	case group != home:
		left -= max(0, kept-of[home])
	case has < kept:
		return left > 0
	}
	return has < left && (has < max(1, little) || left > kept)
}
