#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by test-scripts.sh: what of the user's environment the scripts take over, and what not
# shellcheck disable=SC2154

# in_lib COMMAND: what lib.sh leaves of the environment
in_lib() { bash -c 'source "$0/scripts/lib.sh"; '"$1" "$top"; }

others=(ARCH=arm64 CROSS_COMPILE=arm- O=/nowhere OUT=/nowhere KBUILD_OUTPUT=/nowhere KBUILD_EXTMOD=/nowhere
	KCONFIG_CONFIG=/nowhere M=/nowhere KCFLAGS=-Wno CFLAGS=-Wno GIT_DIR=/nowhere MAKEFLAGS=k)
clean_environment() {
	local found

	found=$(env "${others[@]}" bash -c 'source "$0/scripts/lib.sh"; printenv "${@%%=*}"' "$top" "${others[@]}") || :
	[[ ! $found ]] || { echo "$found"; return 1; }
}
cdpath() {
	local where

	mkdir -p decoy/scripts "decoy/${top##*/}/scripts" && where=$(cd "$top" && CDPATH=$work/environment/decoy in_lib 'echo "$top"') &&
		[[ $where == "$top" ]] && where=$(cd "$top/.." && CDPATH=$work/environment/decoy bash "${top##*/}/scripts/cache.sh") &&
		[[ $where == "$HOOKCOST_CACHE" ]]
}
own_ccache() {
	[[ $(CCACHE_DIR=/mine in_lib 'echo "$CCACHE_DIR ${CCACHE_MAXSIZE:-as it is}"') == "/mine as it is" &&
		$(in_lib 'echo "$CCACHE_DIR $CCACHE_MAXSIZE"') == "$HOOKCOST_CACHE/ccache 5G" ]]
}
# all of it twice, as a script calls others
no_tmpdir() {
	local text

	text=$(TMPDIR=$PWD/absent in_lib '"$0/scripts/report.sh" || :; mktemp' 2>&1) || { echo "$text"; return 1; }
	[[ $text == *absent*/tmp/* && $(grep -c absent <<<"$text") == 1 ]] || { echo "$text"; return 1; }
	rm -f "${text##*$'\n'}"
}
relative_tmpdir() { mkdir -p here && [[ $(TMPDIR=here in_lib 'echo "$TMPDIR"') == "$PWD/here" ]]; }
# The tree lies in a folder that has a & in its name
ampersand() {
	mkdir "R&D" && cp -a "$top/scripts" "$top/patches" "R&D/" && small_tree tree && (
			cd tree && git init -q && git add -A && git -c user.name=a -c user.email=a commit -qm base
		) && KSRC=$PWD/tree GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a "R&D/scripts/patch.sh" && [[ -e tree/include/net/hookcost.h ]]
}
in_tree_of() { mkdir "$1" && cp -a "$top/scripts" "$1/" && refused "$1/scripts/report.sh"; }

# As an archiver for another system unpacks it
crlf() {
	local text

	mkdir crlf && cp -a "$top/Makefile" "$top/scripts" crlf/ && find crlf -type f -exec sed -i 's/$/\r/' {} + || return
	! text=$(make -C crlf -s bench 2>&1) || return
	[[ $text == *"hookcost: "*CRLF* && $text != *$'\n'* ]] || { echo "$text"; return 1; }
}
# as git does with the default of another system
autocrlf() {
	git -c core.autocrlf=true clone -q --no-hardlinks "$top" clone && ! grep -rlI $'\r$' clone/{Makefile,scripts,patches,selftests}
}

test_that "what is for other builds is not taken over" clean_environment
test_that "CDPATH" cdpath
test_that "the user's own ccache keeps its size" own_ccache
test_that "a TMPDIR that is not there: one line, and /tmp" no_tmpdir
test_that "a TMPDIR that is relative" relative_tmpdir
if [[ -e $real/src/orig.list ]] && command -v git >/dev/null; then
	test_that "this tree in a folder R&D" ampersand
else
	skip "this tree in a folder R&D" "needs git, and the kernel's source: make build"
fi
test_that "a tree with CRLF: one line" crlf
if [[ -e $top/.git ]] && git -C "$top" rev-parse HEAD >/dev/null 2>&1; then
	test_that "git with core.autocrlf" autocrlf
else
	skip "git with core.autocrlf" "this tree is no repository, or git is missing"
fi
for name in "a b" 'a$b' "it's" "a:b"; do
	test_that "this tree in a folder $name: refused" in_tree_of "$name"
done
