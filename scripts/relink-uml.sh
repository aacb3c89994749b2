#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# relink-uml.sh FOLDER SEED SLOTS: links the built UML kernel once more, and mlx5_core, with
# their objects' code and data in the order that SEED makes, into FOLDER/linux, FOLDER/kmodules
# and FOLDER/modules: the same code and data at other addresses. What was built stays as it is.
# SLOTS: file with a line for each object's section, OBJECT SECTION BYTES, its room; so one
# kernel's objects lie where another's of the same seed do, though some are larger there.
source "$(dirname "$0")/lib.sh"

[[ $# == 3 && -d ${1:-} && ${2:-} =~ ^[0-9]{1,10}$ && -s ${3:-} ]] && ((10#$2 < 1 << 31)) ||
	die "usage: relink-uml.sh FOLDER SEED SLOTS, a number below 2147483648 and a file"
folder=$(cd "$1" && pwd -P)
seed=$2
slots=$3
log=$cache/logs/relink.log
mlx5=drivers/net/ethernet/mellanox/mlx5/core
script=arch/um/kernel/vmlinux.lds
built=(vmlinux linux System.map "$script")

# The lines of stdin in an order that depends on SEED only
shuffled() { awk -v seed="$seed" 'BEGIN { srand(seed) } { print rand() "\t" $0 }' | sort -n | cut -f 2-; }

# objects SECTION: that section of all objects, in the seed's order, each in its slot
objects() {
	cut -d ' ' -f 1 "$slots" | sort -u | shuffled | awk -v slots="$slots" -v section="$1" '
		BEGIN {
			while ((getline line < slots) > 0) {
				split(line, word, " ")
				room[word[1], word[2]] = word[3]
			}
		}
		{
			print "*vmlinux.a:" $1 "(" section ")"
			at += room[$1, section]
		}
		# not backwards, should an alignment have taken more
		room[$1, section] { printf ". = . > %d ? . : %d;\n", at, at }'
}

# The linker's script, with places for large code, read-write and zeroed data, which have none
# in it: where they go without, but object by object. The order of the objects themselves is
# that of their initcalls.
place() {
	objects .ltext >"$folder/ltext"
	objects .ldata >"$folder/ldata"
	objects .lbss >"$folder/lbss"
	objects '.data.*' >"$folder/data"	# behind those of them that have a place
	awk -v folder="$folder" '
		function put(name, path, others) {
			print ". = ALIGN(4096); " name " : {"
			put_lines(path)
			print "*(" name " " others ") }"
		}
		function put_lines(path,   line) {
			path = folder "/" path
			while ((getline line < path) > 0)
				print line
			close(path)
		}
		/^ *\*\(\.data\.\* / { put_lines("data"); places++ }
		{ print }
		/^ *\.text : \{/ { text = 1 }
		text && /^ *\} =/ { text = 0; put(".ltext", "ltext", ""); places++ }
		/^ *\.data1 : / { put(".ldata", "ldata", ".ldata.*"); places++ }
		/^ *PROVIDE \(end = \.\)/ { put(".lbss", "lbss", ".lbss.*"); places++ }
		END { exit places != 4 }' "$1"
}

put_back() {
	local file

	for file in "${built[@]}"; do
		[[ ! -e $folder/keep/$file ]] || mv -f "$folder/keep/$file" "$build/$file"
	done
}

relink() {
	local part link ko

	place "$folder/keep/$script" >"$build/$script"
	# the kernel's version, which says when it was linked, stays that of the built one
	um_make KBUILD_BUILD_VERSION=1 KBUILD_BUILD_TIMESTAMP="$(date -u -r "$folder/keep/vmlinux")" linux
	cp --remove-destination "$build/linux" "$folder/linux"

	rm -rf "$folder/kmodules" "$folder/modules"
	cp -a "$out/kmodules" "$out/modules" "$folder"
	ko=$(echo "$folder"/kmodules/lib/modules/*/kernel/$mlx5/mlx5_core.ko)
	shuffled <"$build/$mlx5/mlx5_core.mod" >"$folder/mlx5_core.mod"
	part=$(sed -n "s|^savedcmd_$mlx5/mlx5_core.o := ||p" "$build/$mlx5/.mlx5_core.o.cmd")
	[[ $part == *" -o $mlx5/mlx5_core.o @$mlx5/mlx5_core.mod "* ]] || die "not a link of mlx5_core.o: '$part'"
	part=${part/" -o $mlx5/mlx5_core.o @$mlx5/mlx5_core.mod "/" -o $folder/mlx5_core.o @$folder/mlx5_core.mod "}
	link=$(sed -n "s|^savedcmd_$mlx5/mlx5_core.ko := ||p" "$build/$mlx5/.mlx5_core.ko.cmd")
	[[ $link == *" -o $mlx5/mlx5_core.ko $mlx5/mlx5_core.o "* ]] || die "not a link of mlx5_core.ko: '$link'"
	link=${link/" -o $mlx5/mlx5_core.ko $mlx5/mlx5_core.o "/" -o $ko $folder/mlx5_core.o "}
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
