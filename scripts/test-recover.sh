#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a user may meet on the way to the target, provoked: each says in a line what it is,
# and the next run goes on from there. In KTAP, on the host, within a minute.
source "$(dirname "$0")/lib.sh"

work=$(mktemp -d "$cache/run/recover-XXXXXX")
trap 'umount "$work/disk" 2>/dev/null; rm -rf "$work"' EXIT

number=0
failed=0
ok() { printf 'ok %d %s\n' $((++number)) "$*"; }
skip() { printf 'ok %d %s # SKIP %s\n' $((++number)) "$1" "$2"; }
not_ok() {
	printf 'not ok %d %s\n' $((++number)) "$1"
	tail -n 20 "$work/out" | sed 's/^/# | /'
	failed=1
}

# fails NAME REGEX COMMAND...: it does, and exactly one of its own lines says so
fails() {
	local name=$1 regex=$2 lines
	shift 2

	if "$@" >"$work/out" 2>&1 </dev/null; then
		echo "exit status 0" >>"$work/out"
		not_ok "$name"
		return
	fi
	lines=$(grep -cE "^hookcost: .*$regex" "$work/out" || :)
	if ((lines == 1)); then ok "$name"; else not_ok "$name"; fi
}

works() {
	local name=$1
	shift

	if "$@" >"$work/out" 2>&1 </dev/null; then ok "$name"; else not_ok "$name"; fi
}

boot() {
	mkdir -p "$work/boot"
	"$top/scripts/boot-$target.sh" -t 300 "$work/boot" "$@"
}

# kill_later REGEX SIGNAL: the guest of this folder, when its command runs
kill_later() {
	local tries

	for ((tries = 0; tries < 3000; tries++)); do
		[[ ! -e $work/boot/begun ]] || break
		sleep 0.1
	done
	pkill "-$2" -f "$1.*hookcost_run=$work/boot " || :
}

killed_guest() {
	local emulator=$build/linux rc=0

	[[ $target == uml ]] || emulator=qemu-system
	rm -rf "${work:?}/boot"
	kill_later "$emulator" KILL &
	boot sh -c 'touch "$HOOKCOST_RUN/begun"; sleep 300' || rc=$?
	wait
	echo "exit status $rc"
	return "$rc"
}

panic() { boot sh -c 'echo 1 >/proc/sys/kernel/sysrq; echo c >/proc/sysrq-trigger; sleep 300'; }

own_script() {
	local folder rc=0

	folder=$(mktemp -d /tmp/hookcost-XXXXXX)
	printf '#!/bin/sh\n. "$(dirname "$0")/other"\n' >"$folder/mine"
	echo 'cat "$1" >"$HOOKCOST_RUN/read"' >"$folder/other"
	echo "the user's" >"$folder.data"
	chmod +x "$folder/mine"
	(cd "$folder" && "$top/scripts/boot-$target.sh" -t 300 "$work/made" ./mine "$folder.data") &&
		cmp "$folder.data" "$work/made/read" || rc=1
	rm -rf "$folder" "$folder.data"
	return "$rc"
}

# A kernel tree that has what the series touches, and no more
small_tree() {
	mkdir -p "$work/tree"
	cp -a "$cache/src/orig/." "$work/tree/"
	cp "$src/Makefile" "$work/tree/"
}

in_small_cache() { HOOKCOST_CACHE=$work/disk/cache KSRC=$work/tree "$@"; }

# same_tree: patched it is what the real one is
same_tree() {
	local file

	in_small_cache "$top/scripts/kernel-src.sh" || return
	while read -r file; do
		if [[ -e $src/$file ]]; then
			cmp "$src/$file" "$work/disk/cache/src/linux-$linux/$file" || return
		fi
	done <"$cache/src/orig.list"
}

interrupted_source() {
	local pid rc=0

	rm -rf "$work/disk/cache"
	HOOKCOST_CACHE=$work/disk/cache KSRC=$work/tree setsid "$top/scripts/kernel-src.sh" &
	pid=$!
	# somewhere in it: a folder that it makes is there, its stamp is not
	until [[ -e $work/disk/cache/src/linux-$linux ]]; do
		kill -0 "$pid" || break
	done
	kill -KILL -- "-$pid" 2>/dev/null || :
	wait "$pid" || rc=$?
	[[ ! -e $work/disk/cache/src/state ]] || { echo "it was done before it could be killed"; return 1; }
	((rc == 137))
}

without() {
	local tool=$1 dir
	shift

	dir=$work/path
	rm -rf "$dir"
	mkdir -p "$dir"
	for file in /usr/local/sbin/* /usr/local/bin/* /usr/sbin/* /usr/bin/*; do
		[[ $(basename "$file") == "$tool"* ]] || ln -s "$file" "$dir/" 2>/dev/null || :
	done
	PATH=$dir "$@"
}

echo "TAP version 13"
fails "a killed guest" "guest was killed, its command did not end: .*console.log" killed_guest
# UML has no sysrq
[[ $target == uml ]] ||
	fails "a guest that panics" "guest had a Kernel panic.*, its command did not end: .*console.log" panic
works "after them, the next one" boot true
works "a script of one's own, in the host's /tmp" own_script
fails "no clang" "no clang of version 15 or newer" without clang "$top/scripts/modules-build.sh"
[[ $target != vm ]] ||
	fails "no QEMU" "qemu-system-x86_64 is missing: make deps TARGET=vm" without qemu boot true
fails "a cache that cannot be written" "cannot write to /proc/hookcost: set HOOKCOST_CACHE" \
	env HOOKCOST_CACHE=/proc/hookcost "$top/scripts/kernel-src.sh"
fails "a kernel tree of another version" "is Linux .*, the series is for 6.12" \
	env KSRC="$work/other" bash -c 'mkdir -p "$KSRC"; printf "VERSION = 5\nPATCHLEVEL = 4\n" >"$KSRC/Makefile"; exec "$0"' "$top/scripts/kernel-src.sh"

small_tree
mkdir -p "$work/disk"
if ((EUID == 0)) && mount -t tmpfs -o size=2m hookcost "$work/disk" 2>/dev/null; then
	fails "a full disk" "no space left in $work/disk/cache" in_small_cache "$top/scripts/kernel-src.sh"
	mount -o remount,size=200m "$work/disk"
	works "with space again it goes on" same_tree
else
	skip "a full disk" "needs root, to mount a small one"
fi
works "preparing the source is killed half-way" interrupted_source
works "the next one ends it, and all files are right" same_tree
echo "1..$number"
exit "$failed"
