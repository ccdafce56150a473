package lane

// Room reports whether a group that has so many waiting may add one, where so many of all
// groups wait, and at most so many may. A group has no more than is left for others. An
// eighth of all is kept for groups that have little, a hundredth of all at most, so that
// some groups do not halve what is left until there is nothing.
func Room(has, all, most int) bool {
	left := most - all
	return has < left && (has < max(1, most/100) || left > most/8)
}
