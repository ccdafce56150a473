#!/bin/sh
# Installs what is asked for and missing, from Debian's packages: prosody,
# ejabberd and postgresql, which the demo and the tests start, node, on which
# LIME clients of other people run, chromium, which looks at our web pages, gcc,
# which the race detector needs, and datefudge, which makes another day of today.
# No server is left running: the tests start their own, on loopback.
set -eu

wanted=

# Both XMPP servers read XML with expat. Since the fix of CVE-2023-52425 it hands
# out long tags later than before, and operators have that fix. An older one,
# of a machine that was made earlier, would hide what waits there.
deferring='2.5.0-1+deb12u2'
fresh_expat() {
	case $wanted in *libexpat1*) return ;; esac
	command -v dpkg-query >/dev/null || return 0
	have=$(dpkg-query -W -f='${Version}\n' libexpat1 2>/dev/null | head -n 1)
	if [ -n "$have" ] && dpkg --compare-versions "$have" lt "$deferring"; then
		wanted="$wanted libexpat1"
	fi
}

for name in "$@"; do
	case $name in
	prosody)
		[ -x /usr/bin/prosody ] || wanted="$wanted prosody"
		fresh_expat
		;;
	ejabberd)
		ls -d /usr/lib/*/ejabberd-*/ebin >/dev/null 2>&1 || wanted="$wanted ejabberd"
		fresh_expat
		;;
	postgresql) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || wanted="$wanted postgresql" ;;
	datefudge) ls /usr/lib/*/datefudge/datefudge.so >/dev/null 2>&1 || wanted="$wanted datefudge" ;;
	chromium)
		[ -x /usr/bin/chromium ] || wanted="$wanted chromium"
		# As root it runs without its sandbox; everybody else needs the program
		# that makes one.
		[ "$(id -u)" -eq 0 ] || [ -e /usr/lib/chromium/chrome-sandbox ] || wanted="$wanted chromium-sandbox"
		# Without a font a page is nothing but little boxes.
		[ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || wanted="$wanted fonts-dejavu-core"
		;;
	node)
		command -v node >/dev/null || wanted="$wanted nodejs"
		command -v npm >/dev/null || wanted="$wanted npm"
		;;
	gcc)
		command -v gcc >/dev/null || wanted="$wanted gcc"
		[ -e /usr/include/stdlib.h ] || wanted="$wanted libc6-dev"
		;;
	*)
		echo "install-deps: what is $name?" >&2
		exit 2
		;;
	esac
done

if [ -z "$wanted" ]; then
	echo "install-deps: here already: $*"
	exit 0
fi
if ! command -v apt-get >/dev/null; then
	echo "install-deps: no apt-get here; please install:$wanted" >&2
	exit 1
fi
sudo=
if [ "$(id -u)" -ne 0 ]; then
	echo "install-deps: this needs root, to install from Debian's packages:$wanted"
	if ! command -v sudo >/dev/null; then
		echo "install-deps: run as root, or install sudo" >&2
		exit 1
	fi
	if ! sudo -v; then
		echo "install-deps: nothing was installed; as root: apt-get install$wanted" >&2
		exit 1
	fi
	sudo=sudo
fi

# Debian starts a server as soon as it is installed, unless this file says no.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
	trap '$sudo rm -f "$policy"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	$sudo chmod 755 "$policy"
fi

step=0
total=$(($(echo "$wanted" | wc -w) + 1))
say() {
	step=$((step + 1))
	echo "install-deps: [$step/$total] $*"
}

say "reading the package lists"
$sudo apt-get update -qq
for package in $wanted; do
	say "installing $package"
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
	# What was installed for tests must not come up at the next boot either.
	if [ -d /run/systemd/system ]; then
		$sudo systemctl disable --now "$package" >/dev/null 2>&1 || true
	fi
done
echo "install-deps: done"
