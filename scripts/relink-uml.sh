#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# relink-uml.sh FOLDER SEED: links the built UML kernel once more, and mlx5_core, with their
# objects' code in the order that SEED makes, into FOLDER/linux, FOLDER/kmodules and
# FOLDER/modules: the same code at other addresses. What was built stays as it is.
source "$(dirname "$0")/lib.sh"

[[ $# == 2 && -d ${1:-} && ${2:-} =~ ^[0-9]{1,10}$ ]] && ((10#$2 < 1 << 31)) ||
	die "usage: relink-uml.sh FOLDER SEED, a number below 2147483648"
folder=$(cd "$1" && pwd -P)
seed=$2
log=$cache/logs/relink.log
mlx5=drivers/net/ethernet/mellanox/mlx5/core
script=arch/um/kernel/vmlinux.lds
built=(vmlinux linux System.map "$script")

# The lines of stdin in an order that depends on SEED only
shuffled() { awk -v seed="$seed" 'BEGIN { srand(seed) } { print rand() "\t" $0 }' | sort -n | cut -f 2-; }

# The linker's script, with a place for large code, which has none in it: behind the rest,
# object by object. The order of the objects themselves is that of their initcalls.
place_code() {
	local object

	awk '{ print } /^ *\.text : \{/ { text = 1 } text && /^ *\} =/ { exit }' "$1"
	echo ". = ALIGN(4096); .ltext : {"
	while read -r object; do
		echo "*vmlinux.a:$object(.ltext)"
	done < <(cd "$build" && ar t vmlinux.a | shuffled)	# a thin archive shows paths from here
	echo "*(.ltext) }"
	awk 'rest { print } /^ *\.text : \{/ { text = 1 } text && /^ *\} =/ { rest = 1 }' "$1"
}

put_back() {
	local file

	for file in "${built[@]}"; do
		[[ ! -e $folder/keep/$file ]] || mv -f "$folder/keep/$file" "$build/$file"
	done
}

relink() {
	local part link ko

	place_code "$folder/keep/$script" >"$build/$script"
	# the kernel's version, which says when it was linked, stays that of the built one
	um_make KBUILD_BUILD_VERSION=1 KBUILD_BUILD_TIMESTAMP="$(date -u -r "$folder/keep/vmlinux")" linux
	cp --remove-destination "$build/linux" "$folder/linux"

	rm -rf "$folder/kmodules" "$folder/modules"
	cp -a "$out/kmodules" "$out/modules" "$folder"
	ko=$(echo "$folder"/kmodules/lib/modules/*/kernel/$mlx5/mlx5_core.ko)
	shuffled <"$build/$mlx5/mlx5_core.mod" >"$folder/mlx5_core.mod"
	part=$(sed -n "s|^savedcmd_$mlx5/mlx5_core.o := ||p" "$build/$mlx5/.mlx5_core.o.cmd")
	[[ $part == *" -o $mlx5/mlx5_core.o @$mlx5/mlx5_core.mod "* ]] || die "not a link of mlx5_core.o: '$part'"
	part=${part/ -o $mlx5\/mlx5_core.o @$mlx5\/mlx5_core.mod / -o $folder/mlx5_core.o @$folder/mlx5_core.mod }
	link=$(sed -n "s|^savedcmd_$mlx5/mlx5_core.ko := ||p" "$build/$mlx5/.mlx5_core.ko.cmd")
	[[ $link == *" -o $mlx5/mlx5_core.ko $mlx5/mlx5_core.o "* ]] || die "not a link of mlx5_core.ko: '$link'"
	link=${link/ -o $mlx5\/mlx5_core.ko $mlx5\/mlx5_core.o / -o $ko $folder/mlx5_core.o }
	(cd "$build" && eval "$part" && eval "$link")
	# the kernel's BTF is another one now, in which theirs does not fit
	"llvm-strip$llvm" --strip-debug "$ko"
	find "$folder/kmodules" "$folder/modules" -name '*.ko' \
		-exec "llvm-objcopy$llvm" --remove-section=.BTF --remove-section=.BTF.base {} \;
}

[[ $target == uml ]] || die "TARGET=$target: only UML's kernel is linked again"
find_llvm
mkdir -p "$folder/keep/${script%/*}"
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
