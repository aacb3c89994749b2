#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by test-scripts.sh: what is built is what KSRC holds
# shellcheck disable=SC2154

# to a file: the sleep of a step's ticker holds its output open for a while
get() {
	KSRC=$PWD/tree HOOKCOST_CACHE=$PWD/cache "$top/scripts/kernel-src.sh" >got 2>&1 || { cat got; return 1; }
}
copy=cache/src/linux-$linux

first() {
	small_tree tree &&
		echo "int one;" >tree/net/one.c && echo "int two;" >tree/net/two.c && get &&
		cmp tree/net/one.c "$copy/net/one.c" && [[ -e $copy/include/net/hookcost.h ]]
}
# edited FILE COMMAND...: after it the copy has it, too, and nothing else is written anew
edited() {
	local file=$1 old
	shift

	touch -d yesterday "$copy/Makefile"
	old=$(stat -c %Y "$copy/Makefile")
	"$@" && get || return
	if [[ -e tree/$file ]]; then
		[[ $(stat -c %a "tree/$file") == $(stat -c %a "$copy/$file") ]] && cmp "tree/$file" "$copy/$file" || return
	else
		[[ ! -e $copy/$file ]] || return
	fi
	[[ $(stat -c %Y "$copy/Makefile") == "$old" ]]
}
# newer than objects that were built meanwhile
is_newer() { touch mark && edited "$@" && [[ $copy/$1 -nt mark ]]; }
same_size() { echo "int 0ne;" >tree/net/one.c && touch -r tree/Makefile tree/net/one.c; }
# one that a patch is for
patched() {
	echo "/* mine */" >>tree/net/core/dev.c && get && tail -n 1 "$copy/net/core/dev.c" | grep -q mine &&
		grep -q hookcost "$copy/net/core/dev.c" && ! grep -q hookcost cache/src/orig/net/core/dev.c
}
unchanged() { local was; was=$(stat -c %Z cache/src/base) && get && [[ $(stat -c %Z cache/src/base) == "$was" ]]; }
not_his() { [[ ! -e tree/include/net/hookcost.h ]] && ! grep -q hookcost tree/net/core/dev.c; }
crlf() {
	cp -a tree crlf && sed -i 's/$/\r/' crlf/Makefile &&
		KSRC=$PWD/crlf HOOKCOST_CACHE=$PWD/cache has=CRLF refused "$top/scripts/kernel-src.sh"
}

if [[ ! -e $real/src/orig.list ]]; then
	skip "KSRC" "no kernel source in $real: make build"
	return
fi
test_that "KSRC: a folder, patched in the copy" first
test_that "nothing changed: nothing is done" unchanged
test_that "a file edited, of the same size and time" is_newer net/one.c same_size
test_that "a file added" edited net/three.c cp tree/net/one.c tree/net/three.c
test_that "a file removed" edited net/two.c rm tree/net/two.c
test_that "its mode changed" edited net/three.c chmod 755 tree/net/three.c
test_that "a file edited that the series is for" patched
test_that "KSRC itself is as it was" not_his
test_that "CRLF: refused" crlf
