package throttle

// looks is how many places are compared before one is forgotten. Who has most of all is
// nearly always among them.
const looks = 8

// forget gives up a place: of some, one of those who have most. mu is held.
func (w *Window) forget() {
	worst, most, seen := "", 0, 0
	for key := range w.places {
		if n := w.has[w.whose(key)]; n > most {
			worst, most = key, n
		}
		if seen++; seen == looks {
			break
		}
	}
	w.remove(worst)
}

// add and remove keep count of the places that each has. mu is held.
func (w *Window) add(p *place) {
	w.places[p.key] = p
	w.has[w.whose(p.key)]++
}

func (w *Window) remove(key string) {
	delete(w.places, key)
	who := w.whose(key)
	if w.has[who]--; w.has[who] == 0 {
		delete(w.has, who)
	}
}

func (w *Window) whose(key string) string {
	if w.Whose == nil {
		return ""
	}
	return w.Whose(key)
}
