#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# relink-uml.sh FOLDER BYTES BYTES: links the built UML kernel once more, and mlx5_core, with
# so many bytes before their code, into FOLDER/linux, FOLDER/kmodules and FOLDER/modules: the
# same code at other addresses. What was built stays as it is.
source "$(dirname "$0")/lib.sh"

[[ $# == 3 && -d ${1:-} && ${2:-}${3:-} =~ ^[0-9]+$ ]] || die "usage: relink-uml.sh FOLDER BYTES BYTES"
folder=$(cd "$1" && pwd -P)
log=$cache/logs/relink.log
mlx5=drivers/net/ethernet/mellanox/mlx5/core
built=(vmlinux linux System.map)

# pad NAME BYTES: an object of that size, in the section that large code is in
pad() {
	printf '.section .ltext,"ax",@progbits\n.balign 16\n.skip %d,0xcc\n' "$2" |
		"clang$llvm" -c -x assembler - -o "$folder/$1.o"
}

put_back() {
	local file

	for file in "${built[@]}"; do
		[[ ! -e $folder/keep/$file ]] || mv -f "$folder/keep/$file" "$build/$file"
	done
}

relink() {
	local wraps="-Wl,--wrap,malloc -Wl,--wrap,free -Wl,--wrap,calloc"	# arch/um/Makefile's
	local link ko

	# the kernel's version, which says when it was linked, stays that of the built one
	um_make LINK_WRAPS="$wraps $folder/kernel-pad.o" KBUILD_BUILD_VERSION=1 \
		KBUILD_BUILD_TIMESTAMP="$(date -u -r "$folder/keep/vmlinux")" linux
	cp --remove-destination "$build/linux" "$folder/linux"

	rm -rf "$folder/kmodules" "$folder/modules"
	cp -a "$out/kmodules" "$out/modules" "$folder"
	ko=$(echo "$folder"/kmodules/lib/modules/*/kernel/$mlx5/mlx5_core.ko)
	link=$(sed -n "s|^savedcmd_$mlx5/mlx5_core.ko := ||p" "$build/$mlx5/.mlx5_core.ko.cmd")
	[[ $link == *" -o $mlx5/mlx5_core.ko "* ]] || die "not a link of mlx5_core.ko: '$link'"
	link=${link/ -o $mlx5\/mlx5_core.ko / -o $ko $folder/module-pad.o }
	(cd "$build" && eval "$link")
	# the kernel's BTF is another one now, in which theirs does not fit
	"llvm-strip$llvm" --strip-debug "$ko"
	find "$folder/kmodules" "$folder/modules" -name '*.ko' \
		-exec "llvm-objcopy$llvm" --remove-section=.BTF --remove-section=.BTF.base {} \;
}

[[ $target == uml ]] || die "TARGET=$target: only UML's kernel is linked again"
find_llvm
pad kernel-pad "$2"
pad module-pad "$3"
mkdir -p "$folder/keep"
trap put_back EXIT
trap 'exit 1' INT TERM HUP
for file in "${built[@]}"; do
	mv "$build/$file" "$folder/keep/$file"
done
set +e
(set -e; relink) >"$log" 2>&1 </dev/null
rc=$?
set -e
((rc == 0)) || die "the kernel does not link, log: $log"
