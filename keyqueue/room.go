package keyqueue

// Room reports whether a group may have one more than of[group]. All groups have so many as
// all says together, and most is how many they may have. A group has no more than is left
// for others. An eighth of most is kept for groups that have little, which is a hundredth
// of most: else some groups halve what is left until there is nothing. Whoever has many
// groups takes that eighth, too: another one is kept for the group home, "" if there is none.
func Room(of map[string]int, all, most int, group, home string) bool {
	return fits(of, all, most, most/100, group, home)
}

// fits is Room, where a group has little that has less than little; who has nothing has
// little in any case.
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
