#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test-scripts.sh [NAME...]: tests of the scripts themselves, scripts/tests/NAME.sh, in folders
# of their own, without a boot. In KTAP, on the host, in seconds.
source "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2034 # for the tests; nothing of it is changed
real=$cache
work=$(mktemp -d)
chmod 755 "$work"	# another user looks in
trap 'chmod -R u+w "$work"; rm -rf --one-file-system "$work"' EXIT
# Nobody's settings but ours
export HOME=$work/home HOOKCOST_CACHE=$work/cache-of-all
mkdir "$HOME"
for name in "${!CCACHE_@}" TARGET DEBUG DEVICE BENCH TESTS ONLY ARGS RUNS CONFIG KSRC KSRC_TARBALL KDIR LLVM JOBS TMPDIR DESTDIR PREFIX SUITE MIRROR KEEP; do
	unset "$name"
done

number=0
failed=0
# test_that NAME COMMAND...: one result; the command's output is shown if it fails
test_that() {
	local name=$1 text not=
	shift

	text=$("$@" 2>&1 </dev/null) || { not="not "; failed=1; }
	printf '%sok %d %s: %s\n' "$not" $((++number)) "$part" "$name"
	[[ -z $not || -z $text ]] || sed 's/^/# | /' <<<"$text"
}

skip() { printf 'ok %d %s: %s # SKIP %s\n' $((++number)) "$part" "$1" "$2"; }

# refused COMMAND...: it fails, and says why in one line, which has the word $has if that is set
refused() {
	local text rc=0

	text=$("$@" 2>&1) || rc=$?
	# make's own
	text=$(sed '/^make: \*\*\* /d' <<<"$text")
	[[ $rc != 0 && $text == hookcost:* && $text != *$'\n'* && $text == *"${has:-}"* ]] ||
		{ printf 'exit status %d\n%s\n' "$rc" "$text"; return 1; }
}

# small_tree FOLDER: a kernel's, unpatched, with the files that the series touches
small_tree() {
	local file from list=()

	mapfile -t list < <(grep -v '^#' "$series/series")
	mkdir -p "$1/net/core" && cp "$real/src/linux-$linux/Makefile" "$1/" || return
	while read -r file; do
		from=$real/src/linux-$linux/$file
		# the series may be newer than the source there
		! grep -qFx "$file" "$real/src/orig.list" || from=$real/src/orig/$file
		[[ -e $from ]] || continue
		mkdir -p "$(dirname "$1/$file")" && cp -p "$from" "$1/$file" || return
	done < <(touched "${list[@]/#/"$series/"}")
}

parts=("$@")
((${#parts[@]})) || for part in "$top/scripts/tests/"*.sh; do
	parts+=("$(basename "$part" .sh)")
done
echo "TAP version 13"
for part in "${parts[@]}"; do
	[[ -e $top/scripts/tests/$part.sh ]] || die "there is no scripts/tests/$part.sh"
	mkdir "$work/$part"
	cd "$work/$part"
	# shellcheck source=/dev/null
	source "$top/scripts/tests/$part.sh"
done
echo "1..$number"
exit "$failed"
