#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by test-scripts.sh: where the cache may be, and what make clean deletes
# shellcheck disable=SC2154

clean() {
	local folder=$1

	[[ ! $folder || $folder == [./]* ]] || folder=$PWD/$folder
	HOOKCOST_CACHE=$folder make -C "$top" -s "${2:-clean}"
}
names() { (cd "$1" && find . | sort); }

# A cache as lib.sh makes it, with a file of the user's in it
new_cache() {
	rm -rf "$1"
	HOOKCOST_CACHE=$1 "$top/scripts/report.sh" >/dev/null 2>&1 || :
	mkdir -p "$1/src/linux" "$1/ccache" "$1/plain/build" "$1/plain/src"
	touch "$1/build/object" "$1/results/numbers" "$1/notes"
}

# kept FOLDER COMMAND...: it leaves all that is there
kept() {
	local before
	before=$(names "$1")
	"${@:2}" && diff <(echo "$before") <(names "$1")
}

cleaned() {
	new_cache "$1" && clean "$2" && [[ ! -e $1/build && ! -e $1/logs && ! -e $1/plain/build ]] &&
		[[ -e $1/results/numbers && -e $1/src/linux && -e $1/plain/src && -e $1/notes ]] &&
		clean "$2" distclean && [[ $(ls "$1") == notes ]]
}

# its folders bear their names, and it is not ours
foreign() {
	mkdir -p "$1/build" "$1/run" "$1/src" "$1/logs"
	touch "$1/build/thesis" "$1/src/main.c"
}

cleaned_all() {
	new_cache "$1" && rm "$1/notes" && clean "$1" distclean && [[ -z $(ls -A "$1") ]] && new_cache "$1"
}

old_cache() { new_cache old && rm old/.hookcost-cache && clean old && [[ ! -e old/build ]]; }
in_use() { new_cache used && { flock 9 && kept used refused clean used; } 9>used/lock; }
linked_part() {
	new_cache parts && rm -rf parts/build && mkdir elsewhere && touch elsewhere/file &&
		ln -s ../elsewhere parts/build && clean parts && [[ -e elsewhere/file && ! -L parts/build ]]
}
# Should it not be refused, nothing of this machine's is deleted by it all the same
mkdir stub
printf '#!/bin/sh\necho "rm $*" >>"%s"\n' "$work/deleted" >stub/rm
chmod +x stub/rm
nothing_else() {
	local PATH=$work/cache/stub:$PATH

	kept . refused clean "$1" || return
	kept . refused env HOOKCOST_CACHE="$1" "$top/scripts/report.sh" || return
	[[ ! -e $work/deleted ]] || { cat "$work/deleted"; rm -f "$work/deleted"; return 1; }
}
same_folder() { [[ $(HOOKCOST_CACHE=here "$top/scripts/cache.sh") == "$PWD/here" && ! -e here ]]; }
by_home() {
	[[ $(env -u HOOKCOST_CACHE "$top/scripts/cache.sh") == "$HOME/.cache/hookcost" ]] &&
		[[ $(env -u HOOKCOST_CACHE HOME= "$top/scripts/cache.sh") == "$(getent passwd "$EUID" | cut -d : -f 6)/.cache/hookcost" ]]
}
# clean FOLDER of another Makefile's: never what it has not made
other_clean() {
	mkdir -p "out/$1"/{lib,bench,tests,man1,html} && touch "out/$1"/{lib,bench,tests,man1,html}/mine
	make -s -C "$top/$1" clean OUT="$PWD/out/$1" && [[ $(find "out/$1" -name mine | wc -l) == 5 ]]
}
no_out() { ! make -s -C "$top/$1" -n clean OUT= || return 1; }
in_sources() { ! make -s -C "$top/userspace" -n clean OUT=.; }

for name in "" . / "$HOME" "$top" "a b" "R&D" $'new\nline' 'a$b'; do
	test_that "make clean HOOKCOST_CACHE=$(printf %q "$name"): refused" nothing_else "$name"
done
test_that "a cache: what was built, then all but what is the user's" cleaned one one
ln -s two link
test_that "by a link" cleaned two link
test_that "distclean: an empty folder, which is used again" cleaned_all three
foreign theirs
test_that "a folder whose parts bear our names: refused" nothing_else theirs
test_that "a cache from before there was a mark" old_cache
test_that "while a build uses it: refused" in_use
test_that "a part that is a link: only the link" linked_part
test_that "there is none: nothing to do" clean absent
test_that "one place says where it is" same_folder
test_that "without HOOKCOST_CACHE and HOME" by_home
for name in userspace Documentation; do
	test_that "make -C $name clean: only what it has made" other_clean "$name"
	test_that "make -C $name clean OUT=: refused" no_out "$name"
done
test_that "make -C userspace clean OUT=.: refused" in_sources

# as in a container
read_only_home() {
	mount -t tmpfs -o ro home "$HOME" || return
	unset HOOKCOST_CACHE
	has="set HOOKCOST_CACHE" refused "$top/scripts/report.sh" && HOOKCOST_CACHE=$PWD/other bash -c 'source "$0/scripts/lib.sh"' "$top" &&
		[[ -d other/build ]]
}
if ((EUID == 0)) && unshare --mount true 2>/dev/null; then
	test_that "a home that is read-only" unshare --mount "$BASH" -c "$(declare -p top); $(declare -f); read_only_home"
else
	skip "a home that is read-only" "needs root, to mount one"
fi

unwritable() {
	local as=(setpriv --reuid 65534 --clear-groups)

	new_cache "$1"
	HOOKCOST_CACHE=$PWD/$1 has=chown refused "${as[@]}" "$top/scripts/report.sh"
}
if ((EUID == 0)) && setpriv --reuid 65534 --clear-groups test -x "$top/scripts/report.sh" -a -x "$PWD"; then
	test_that "a cache of root's, as another user" unwritable roots
else
	skip "a cache of root's, as another user" "needs root, in folders that all can enter"
fi
