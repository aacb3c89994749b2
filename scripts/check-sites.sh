#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What hookcost's sites are while their keys are off, from the kernel's objects: one no-op
# each, and nothing else of hookcost's on the way. In KTAP. make test runs it after the
# build, for UML and for TARGET=vm.
source "$(dirname "$0")/lib.sh"

mlx5=drivers/net/ethernet/mellanox/mlx5/core/mlx5_core.o
# object: the keys that it must ask; hookcost_keys are those of XDP, TC, SK_SKB, UDP, TCP
# and, as the last, the origin's
objects=(
	"$mlx5 hookcost_keys[0] hookcost_keys[5] xdp_native_key"
	"drivers/net/veth.o hookcost_keys[0] hookcost_keys[5] xdp_native_key"
	"drivers/net/virtio_net.o hookcost_keys[0] hookcost_keys[5] xdp_native_key"
	"net/core/dev.o hookcost_keys[1]"
	"net/core/skmsg.o hookcost_keys[2]"
	"net/ipv4/udp.o hookcost_keys[3]"
	"net/ipv4/tcp.o hookcost_keys[4]"
)

echo "TAP version 13"
if [[ $target == host ]]; then
	echo "1..0 # SKIP TARGET=host: the running kernel's objects are not here"
	exit 0
fi
find_llvm
userspace_make -s sites >&2
sites=$out/userspace/sites/sites
spoilt=$out/userspace/sites/spoilt.o
number=0
failed=0

# numbered COMMAND...: its results, counted on
numbered() {
	local line text

	text=$("$@") || failed=1
	while IFS= read -r line; do
		if [[ $line =~ ^((not )?ok)\ 1\ (.*) ]]; then
			((number += 1))
			echo "${BASH_REMATCH[1]} $number ${BASH_REMATCH[3]}"
		elif [[ $line ]]; then
			echo "$line"
		fi
	done <<<"$text"
}

# spoil OBJECT OFFSET BYTES: a copy with these bytes in the place of what is there
spoil() {
	cp "$1" "$spoilt"
	printf '%b' "$3" | dd of="$spoilt" bs=1 seek="$2" conv=notrunc status=none
}

# The check itself can fail: fails WHAT OBJECT
fails() {
	local text

	text=$("$sites" "$spoilt" hookcost_keys)
	if grep -q "^not ok 1 .*: $1" <<<"$text"; then
		echo "ok 1 $2: it is seen that not: $1"
	else
		echo "not ok 1 $2: it is seen that not: $1"
		return 1
	fi
}

for object in "${objects[@]}"; do
	read -r name keys <<<"$object"
	read -r -a keys <<<"$keys"
	# UML has no virtio bus that virtio_net could be on
	[[ $target != uml || $name != */virtio_net.o ]] || continue
	if [[ ! -e $build/$name ]]; then
		numbered printf 'not ok 1 %s: it is not in %s\n' "$name" "$build"
		failed=1
		continue
	fi
	(cd "$build" && "$sites" "$name" "${keys[@]}") >"$spoilt.out" || failed=1
	numbered cat "$spoilt.out"
	read -r site after < <("$sites" --where "$build/$name") || die "$name: no site is found"
	# a jump to elsewhere; a clock read behind the no-op
	spoil "$build/$name" "$site" '\xeb\x7f'
	numbered fails "all of" "$name"
	spoil "$build/$name" "$after" '\x0f\x31'
	numbered fails "nothing else" "$name"
done
rm -f "$spoilt" "$spoilt.out"
echo "1..$number"
exit "$failed"
