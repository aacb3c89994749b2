#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Installs the Debian packages that are missing; says nothing if none is
source "$(dirname "$0")/lib.sh"

installed() {
	dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

exists() { apt-cache show --no-all-versions "$1" >/dev/null 2>&1; }

# Lines of alternatives, those for the target and ($also) another purpose too: deps.txt, what is there of clang, the kernel's source
wanted() {
	local v

	sed "/^#/d; s/^$target: //; s/^${also:-$target}: //; /^[a-z]*: /d" "$top/scripts/deps.txt"
	if ! (find_llvm) 2>/dev/null; then
		for v in 19 {40..15} 19; do
			! exists "clang-$v" || break
		done
		printf '%s\n' "clang-$v" "lld-$v" "llvm-$v"
	fi
	[[ ${KSRC:-}${KSRC_TARBALL:-} || -e $debian_tarball ]] || echo "$debian_source"
}

missing() {
	local alternatives name first

	wanted | while read -r -a alternatives; do
		first=
		for name in "${alternatives[@]}"; do
			! installed "$name" || continue 2
			[[ $first ]] || ! exists "$name" || first=$name
		done
		echo "${first:-${alternatives[0]}}"
	done
}

if ! command -v dpkg-query >/dev/null; then
	find_llvm
	tools=(bc bison ccache flex gcc make pahole patch perl rsync xz ip insmod jq)
	[[ $target != vm ]] || tools+=(qemu-system-x86_64)
	for tool in "${tools[@]}"; do
		command -v "$tool" >/dev/null || die "$tool is missing (no Debian here: install it, and what else scripts/deps.txt names)"
	done
	exit 0
fi

packages=$(missing)
[[ $packages ]] || exit 0

# Package lists may be absent or old: the names are looked up again after the update
if ((EUID == 0)); then
	step "package lists" apt-get update
	packages=$(missing)
fi
say "missing packages: ${packages//$'\n'/ }"
if ((EUID != 0)); then
	say "not root, so run: sudo apt-get update && sudo apt-get install --no-install-recommends ${packages//$'\n'/ }"
	exit 1
fi
for name in $packages; do
	exists "$name" || case $name in
	linux-source-*)
		die "apt has no $name here: give KSRC_TARBALL=linux-$linux.y.tar.xz or KSRC=/path/to/linux-$linux.y" ;;
	clang-*)
		die "apt has no clang of version 15 or newer: install one and its lld and llvm tools" ;;
	*)
		die "apt has no package $name" ;;
	esac
done
export DEBIAN_FRONTEND=noninteractive
mapfile -t packages <<<"$packages"
step "packages" apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${packages[@]}"
