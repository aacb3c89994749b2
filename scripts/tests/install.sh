#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by test-scripts.sh: make install and make uninstall, of a tool that was made up
# shellcheck disable=SC2154

mkdir -p built/man1
printf '#!/bin/sh\necho "hookcost 0"\n' >built/hookcost
echo hookcost:stamps >built/kselftest-list.txt
for page in "$top"/Documentation/tools/hookcost*.rst; do
	echo .TH >"built/man1/$(basename "$page" .rst).1"
done

# A tree whose build is made up: it copies what was built, as whom it is
mkdir tree
cp -r "$top/scripts" "$top/Makefile" tree/
mkdir -p tree/Documentation tree/userspace
cp -r "$top/Documentation/tools" tree/Documentation/
cp "$top/userspace/completion.bash" tree/userspace/
cat >tree/scripts/build-tool.sh <<END
#!/bin/bash
source "\$(dirname "\$0")/cache.sh"
find_cache
mkdir -p "\$cache/build/uml-out/userspace"
id -u >"\$cache/as"
cp -r "$PWD/built/." "\$cache/build/uml-out/userspace/"
END
chmod -R a+rX tree built

make_in() { make -s -C tree "$@"; }
files() { (cd "$1" && find . -type f | sort); }
# the files below PREFIX $1 are all there, and no other
complete() {
	(($(files "$1" | wc -l) == 3 + $(find built/man1 -name '*.1' | wc -l))) || { files "$1"; return 1; }
	[[ -x $1/bin/hookcost && -s $1/share/man/man1/hookcost-run.1 && -s $1/share/hookcost/kselftest-list.txt ]] &&
		cmp "$1/share/bash-completion/completions/hookcost" "$top/userspace/completion.bash"
}
empty() { [[ -z $(files "$1") ]] || { files "$1"; return 1; }; }

by_destdir() { make_in install DESTDIR="$PWD/$1" && complete "$1/usr/local"; }
by_prefix() { make_in install DESTDIR="$PWD/$1" PREFIX=/usr && complete "$1/usr"; }
by_environment() { PREFIX=$PWD/env make_in install && complete env; }
by_relative() { make_in install DESTDIR=here && complete tree/here/usr/local; }
removed() {
	touch "$1/bin/other" "$1/share/man/man1/other.1"
	make_in uninstall DESTDIR="$PWD/${1%/usr*}" PREFIX="/usr${1#*/usr}" &&
		[[ $(files "$1") == $'./bin/other\n./share/man/man1/other.1' && ! -e $1/share/hookcost ]]
}
for_others() (
	umask 077
	make_in install DESTDIR="$PWD/modes" && complete modes/usr/local &&
		[[ -z $(find modes -type d ! -perm 755) && -z $(find modes -type f ! -perm 644 ! -name hookcost) ]]
)
of_nothing() {
	mkdir half && touch half/hookcost nothing
	DESTDIR=$PWD/none refused "$top/scripts/install-files.sh" half && [[ ! -e none ]]
}
no_folder() {
	touch file
	has=/file refused make_in install DESTDIR="$PWD/file"
}
as_the_user() {
	mkdir -p bin home && chown 65534 home
	printf '#!/bin/sh\necho "$2:x:65534:65534::%s:/bin/sh"\n' "$PWD/home" >bin/getent
	chmod +x bin/getent
	(unset HOOKCOST_CACHE; SUDO_USER=nobody PATH=$PWD/bin:$PATH make_in install DESTDIR="$PWD/sudo") &&
		complete sudo/usr/local && [[ $(<home/.cache/hookcost/as) == 65534 && ! -e $HOME/.cache ]] &&
		[[ $(stat -c %u sudo/usr/local/bin/hookcost) == 0 ]]
}

test_that "with DESTDIR" by_destdir one
test_that "with DESTDIR and PREFIX" by_prefix two
test_that "with a space and a & in DESTDIR" by_prefix "a b&c"
test_that "PREFIX of the environment" by_environment
test_that "DESTDIR of this folder" by_relative
test_that "a second time, over the first" by_prefix two
test_that "uninstall: nothing else is removed" removed two/usr
test_that "uninstall: with the default PREFIX" removed one/usr/local
test_that "uninstall where there is nothing" make_in uninstall DESTDIR="$PWD/empty"
test_that "with a umask for oneself" for_others
test_that "PREFIX that is no path: refused" refused make_in install PREFIX=usr
test_that "PREFIX that is empty: refused" refused make_in install PREFIX=
test_that "not built: refused, and nothing is installed" of_nothing
test_that "DESTDIR is no folder: refused" no_folder
if ((EUID == 0)) && runuser -u nobody -- test -x "$PWD/tree/scripts/build-tool.sh" 2>/dev/null; then
	test_that "with sudo: built as its user" as_the_user
else
	skip "with sudo: built as its user" "needs root, in folders that all can enter"
fi
