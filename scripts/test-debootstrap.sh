#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make test-debootstrap SUITE=trixie: make bench and make test from nothing, in a minimal Debian
# of that suite, with a fresh clone of what is committed here.
#
# All that is mounted is so in a mount namespace, and all that runs in a PID namespace, which end
# with this script, however it ends. Nothing but its own folder is deleted, and nothing if
# something is mounted there.
source "$(dirname "$0")/cache.sh"

suite=${SUITE:-}
mirror=${MIRROR:-http://deb.debian.org/debian}
steps=(bench test)
room=12		# GB: Debian 2, with a compiler's packages; source, kernel and objects 6; the rest to spare

case $suite in
bookworm) minutes=45 ;;
trixie)	minutes=45 ;;
'')	die "name the Debian: make test-debootstrap SUITE=trixie, or bookworm" ;;
*)	die "SUITE=$suite: there are bookworm and trixie" ;;
esac
find_cache
home=$cache/debootstrap
folder=$home/$suite
root=$folder/root

needs="It needs root, about $room GB in $home, some $minutes minutes on two cores"
((EUID == 0)) || die "make test-debootstrap makes a Debian in a folder, and mounts in it: run as root. $needs"
for tool in debootstrap git unshare setpriv; do
	command -v "$tool" >/dev/null || die "no $tool: apt-get install debootstrap git util-linux"
done
[[ -e ${DEBOOTSTRAP_DIR:-/usr/share/debootstrap}/scripts/$suite ]] || die "this debootstrap does not know $suite: install a newer one"
git -C "$top" rev-parse -q --verify HEAD >/dev/null 2>&1 || die "$top is no git repository, which is to be cloned"
unshare --mount --pid --fork true 2>/dev/null ||
	die "this machine gives no namespaces (unshare --mount --pid): a container needs CAP_SYS_ADMIN"
claim_cache
mkdir -p "$folder"
exec 9>"$folder/lock"
flock -n 9 || die "another make test-debootstrap uses $folder"
free=$(df -Pm "$folder" | awk 'END { print int($4 / 1024) }') || free=0
((free >= room)) || die "$free GB are free in $folder, $room are needed: free some, or set HOOKCOST_CACHE"

# Whether anything is mounted below $1
mounted() { awk -v dir="$1/" 'index($5 "/", dir) == 1 { found = 1 } END { exit !found }' /proc/self/mountinfo; }

delete_root() {
	[[ -e $root ]] || return 0
	if mounted "$root"; then
		say "something is mounted in $root, which stays: umount it, and run this again" >&2
		return 1
	fi
	rm -rf --one-file-system -- "${root:?}"
}

# The namespaces' first process, which all others end with
inner() { [[ ! ${pid:-} ]] || cat "/proc/$pid/task/$pid/children" 2>/dev/null || :; }

end_guest() {
	local one

	for one in $(inner); do
		kill -KILL "$one" 2>/dev/null || :
	done
	[[ ! ${pid:-} ]] || wait "$pid" 2>/dev/null || :
	pid=
}

finish() {
	local rc=$?

	trap '' INT TERM HUP
	trap - EXIT
	end_guest
	# what tells why
	if [[ -d $root/root/.cache/hookcost ]]; then
		for one in logs results run; do
			[[ ! -d $root/root/.cache/hookcost/$one ]] || cp -r "$root/root/.cache/hookcost/$one" "$folder/"
		done
	fi
	if [[ ${KEEP:-} ]]; then
		say "$root stays (KEEP=$KEEP)"
	else
		delete_root || rc=1
	fi
	exit "$rc"
}

# in_namespaces LOG COMMAND...: also to LOG; a signal ends the wait for it
in_namespaces() {
	local out tee_pid rc=0 log=$1
	shift

	exec {out}> >(exec tee -i "$log")
	tee_pid=$!
	setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child --mount-proc -- \
		"$@" </dev/null >&"$out" 2>&1 9>&- &
	pid=$!
	exec {out}>&-
	wait "$pid" || rc=$?
	pid=
	wait "$tee_pid" || :
	return $rc
}

prepare() {
	# the kernel's source is security's
	printf 'deb %s %s main\n' "$mirror" "$suite" "$mirror" "$suite-updates" \
		"${mirror%/debian}/debian-security" "$suite-security" >"$root/etc/apt/sources.list"
	git clone -q --no-hardlinks "file://$top" "$root/root/hookcost"
}

delete_root || exit 1

[[ ! $(git -C "$top" status --porcelain) ]] || say "what is not committed is not in the clone"
say "$suite, with make ${steps[*]} from nothing. $needs; $free GB are free. Ctrl-C ends it, and leaves nothing."
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
rm -rf --one-file-system -- "$folder"/{logs,results,run} "$folder"/*.log
mkdir "$root"
in_namespaces "$folder/debootstrap.log" debootstrap --variant=minbase --include=make "$suite" "$root" "$mirror" >/dev/null ||
	die "debootstrap failed: $(tail -n 1 "$folder/debootstrap.log"); all of it: $folder/debootstrap.log"
prepare
say "debootstrap: $SECONDS s"

status=0 told=()
for step in "${steps[@]}"; do
	begin=$SECONDS rc=0
	in_namespaces "$folder/$step.log" "$top/scripts/test-debootstrap-guest.sh" "$root" "cd /root/hookcost && make $step" ||
		rc=$?
	# of make test the last line counts
	sum=$(grep -E '^[0-9]+ passed, [0-9]+ failed, ' "$folder/$step.log" | tail -n 1) || :
	word="done"
	((!rc)) || word="failed with status $rc"
	told+=("make $step: $word, $((SECONDS - begin)) s${sum:+, $sum}")
	((!rc)) || status=1
done
say "$suite:"
printf '  %s\n' "${told[@]}"
say "logs: $folder"
exit "$status"
