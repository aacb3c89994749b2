#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by test-scripts.sh: what make deb hands to debhelper, which is made up here, and the
# modules' sources in hookcost-dkms
# shellcheck disable=SC2154

# A repository of its own, as what is not git's is not to be taken along
mkdir tree bin
(cd "$top" && tar -cf - Kbuild Makefile VERSION bpf module scripts userspace Documentation selftests) | tar -xf - -C tree
git_in() { git -C tree -c user.name=n -c user.email=n@example.org "$@" >/dev/null; }
printf '#!/bin/sh\n' | tee tree/scripts/deps.sh >tree/scripts/kernel-src.sh
touch "tree/userspace/a file" tree/userspace/gone
git_in init -q && git_in add . && git_in commit -q -m first
touch tree/userspace/mine
rm tree/userspace/gone

printf '#!/bin/sh\nexit 0\n' >bin/lintian
cat >bin/dpkg-buildpackage <<END
#!/bin/bash
cp -r "\$PWD" "$PWD/staged"
env >"$PWD/env"
touch ../hookcost_1_amd64.deb ../hookcost_1_amd64.buildinfo
exit \${STATUS:-0}
END
chmod +x bin/*

make_deb() { rm -rf staged; PATH=$PWD/bin:$PATH "tree/scripts/deb.sh"; }
debs=$HOOKCOST_CACHE/deb/hookcost
left() { [[ $(cd "$debs" && echo *) == "$1" ]] || { ls "$debs"; return 1; }; }

staged() {
	make_deb >out || { cat out; return 1; }
	[[ -e "staged/userspace/a file" && ! -e staged/userspace/mine && ! -e staged/userspace/gone && ! -e staged/.git ]] || return
	[[ -x staged/debian/rules && -e staged/debian/control ]] && left hookcost_1_amd64.deb
}
version() { [[ $(head -n 1 staged/debian/changelog) == "hookcost ($(<"$top/VERSION")) "* ]]; }
failed() { ! STATUS=1 make_deb >out 2>&1 && grep -q '^hookcost: packages of hookcost failed' out; }
again() { make_deb >out && left hookcost_1_amd64.deb; }

# The rules' own copy for dkms: all that Kbuild includes is there, and builds in that folder alone
dkms() {
	local dir=staged/debian/hookcost-dkms/usr/src/hookcost-7 file

	make_deb >out || return
	printf '#!/bin/sh\n' >staged/scripts/install-files.sh
	make -s -C staged -f debian/rules override_dh_auto_install HOOKCOST_VERSION=7 || return
	[[ -e $dir/Kbuild && -e $dir/VERSION && -x $dir/module/kernel-cc.sh && -e $dir/module/Kbuild && -e $dir/module/mlx5sim/Kbuild && ! -e $dir/module/dkms.conf ]] || return
	grep -q '#MODULE_VERSION#' staged/debian/hookcost-dkms.dkms || return
	# headers in quotes, beside the file or in bpf/
	grep -rhoE '^#include "[^"]+"' "$dir/module" | sed 's/.*"\(.*\)"/\1/' | sort -u | while read -r file; do
		[[ -e $dir/module/$file || -e $dir/module/mlx5sim/$file || -e $dir/bpf/$file || -e $dir/bpf/twin/$file ]] ||
			{ echo "$file is missing"; exit 1; }
	done
}

# make install-dkms would take the package's files away
of_a_package() {
	printf '#!/bin/sh\necho installed\n' >bin/dpkg-query
	ln -sf /bin/true bin/dkms
	chmod +x bin/dpkg-query
	has=hookcost-dkms PATH=$PWD/bin:$PATH refused "$top/scripts/modules-install.sh" "$1"
}

# what a packager hands over does not take away what the sources need
with_cflags() {
	make -s -n -C "$top/userspace" -W "$1.c" KSRC="$src" OUT="$out/userspace" CFLAGS=-O1 "$out/userspace/$1.o" >out &&
		grep -q -- "-D$2=.* -O1 .* $1.c" out || { cat out; return 1; }
}
if [[ -x $out/userspace/hookcost ]]; then
	test_that "CFLAGS of the command line: main.o" with_cflags main HOOKCOST_VERSION
	test_that "CFLAGS of the command line: env.o" with_cflags kernel/env HOOKCOST_CC
else
	skip "CFLAGS of the command line" "the tool is not built"
fi

if ((EUID == 0)); then
	test_that "make install-dkms: not beside the package" of_a_package dkms
	test_that "make remove-dkms: not the package's" of_a_package dkms-remove
	rm bin/dpkg-query
fi
if command -v git >/dev/null && (source "$top/scripts/lib.sh" && find_llvm) >/dev/null 2>&1; then
	test_that "what git knows, and debian/" staged
	test_that "the version" version
	test_that "a build that fails: said" failed
	test_that "the next one: nothing of it is left" again
	test_that "the modules' sources are complete" dkms
else
	skip "packages" "no git, or no clang"
fi
